/** Names of this machine. */
const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** A path whose name can be read back: "/" is written as "-", and "-" as "--". A number could be a port. */
const PLAIN_PATH = /^(?:\/(?!\d+(?:\/|$))[a-z0-9]+(?:-+[a-z0-9]+)*)*$/;

/**
 * Names a provider by its issuer: its host, port and path in lower case, `id-acme-example` or `localhost-8080`. Two issuers
 * on one host differ in their names: a checksum is added to a path that the name alone does not tell from all others.
 */
export function nameOfIssuer(issuer: string): string {
  if (!URL.canParse(issuer)) return "issuer";
  const { hostname, port, pathname } = new URL(issuer);
  const path = pathname.replace(/^\/$/, "");
  const parts = [hostName(hostname), port, path.slice(1).toLowerCase().replaceAll("-", "--")];
  if (!PLAIN_PATH.test(path)) parts.push(checksum(path));
  return parts
    .filter((part) => part !== "")
    .map((part) => part.replaceAll(/[^a-z0-9-]/g, "-"))
    .join("-");
}

function hostName(hostname: string): string {
  if (LOCAL.has(hostname)) return "localhost";
  if (/^[\d.]+$|^\[/.test(hostname)) return `ip-${hostname.replaceAll(/[[\]]/g, "")}`;
  const name = hostname.replace(/^www\./, "");
  return /^[a-z]/.test(name) ? name : `issuer-${name}`;
}

/** Computes FNV-1a, 32 bits: it tells paths apart, and protects nothing. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
