/** Names under which OAuth carries secrets, in queries, forms and JSON alike. */
const SECRET_NAMES = new Set([
  "access_token",
  "appsecret_proof",
  "assertion",
  "client_secret",
  "code",
  "code_verifier",
  "device_code",
  "fb_exchange_token",
  "id_token",
  "input_token",
  "nonce",
  "refresh_token",
  "state",
]);

const SECRET_HEADERS = new Set(["authorization", "cookie", "set-cookie", "proxy-authorization"]);

const LONGEST_TEXT = 4000;

/** A secret as it may be shown: enough to tell two apart, too little to use. */
export function masked(secret: string): string {
  return secret.length < 16 ? "•••" : `${secret.slice(0, 4)}…${secret.slice(-4)}`;
}

/** Headers for the log. The scheme of an Authorization header stays readable. */
export function maskHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => {
        const text = String(value);
        if (name.toLowerCase() === "location") return [name, maskUrl(text)];
        if (!SECRET_HEADERS.has(name.toLowerCase())) return [name, text];
        const [scheme = "", rest] = text.split(" ", 2);
        return [name, rest === undefined ? masked(text) : `${scheme} ${masked(rest)}`];
      }),
  );
}

/** A URL for the log. */
export function maskUrl(url: string): string {
  const [location = "", query] = url.split("?", 2);
  return query === undefined ? location : `${location}?${maskForm(query)}`;
}

/** A body for the log: JSON and forms by their fields, anything else shortened. */
export function maskBody(body: string): string {
  const text = body.trim();
  if (/^[{[]/.test(text)) {
    try {
      return JSON.stringify(maskJson(JSON.parse(text)), null, 2).slice(0, LONGEST_TEXT);
    } catch {
      return `(${text.length} characters that are not valid JSON)`;
    }
  }
  if (/^[\w.~%-]+=[^\s<>]*$/.test(text)) return maskForm(text);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function maskForm(form: string): string {
  return [...new URLSearchParams(form)]
    .map(([name, value]) => `${name}=${SECRET_NAMES.has(name) ? masked(value) : value}`)
    .join("&");
}

function maskJson(value: unknown): unknown {
  // The Graph API pages by links that have the access token in them.
  if (typeof value === "string" && /^https?:[^\s]*\?/.test(value)) return maskUrl(value);
  if (Array.isArray(value)) return value.map(maskJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      typeof part === "string" && SECRET_NAMES.has(name) ? masked(part) : maskJson(part),
    ]),
  );
}
