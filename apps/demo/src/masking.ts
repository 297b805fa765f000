/** Names under which OAuth carries secrets, in queries, forms and JSON alike. */
const SECRET_NAMES = new Set([
  "access_token",
  "appsecret_proof",
  "assertion",
  "client_secret",
  "code",
  "code_verifier",
  // OAuth 1.0a: the request token that the user said no to.
  "denied",
  "device_code",
  "fb_exchange_token",
  "id_token",
  "input_token",
  "nonce",
  "oauth_session_handle",
  "oauth_token",
  "oauth_token_secret",
  "oauth_verifier",
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
        if (/^OAuth\s/.test(text)) return [name, maskOAuth1(text)];
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

/** A signature base string (RFC 5849 §3.4.1.1) for a page: its last part is a form that was encoded once more. */
export function maskBaseString(baseString: string): string {
  return baseString.replaceAll(
    /(oauth_(?:token|verifier)%3D)(.*?)(?=%26|$)/g,
    (_, name: string, value: string) => `${name}${masked(value)}`,
  );
}

/** A header of OAuth 1.0a (RFC 5849 §3.5.1): its signature is there to be looked at. */
function maskOAuth1(header: string): string {
  const signatureIsSecret = header.includes('oauth_signature_method="PLAINTEXT"');
  return header.replaceAll(/(\w+)="([^"]*)"/g, (pair, name: string, value: string) =>
    isSecret(name, signatureIsSecret) ? `${name}="${masked(value)}"` : pair,
  );
}

function maskForm(form: string): string {
  const fields = new URLSearchParams(form);
  const signatureIsSecret = fields.get("oauth_signature_method") === "PLAINTEXT";
  return [...fields]
    .map(([name, value]) => [name, isSecret(name, signatureIsSecret) ? masked(value) : value])
    .map((field) => field.map(withoutSeparator).join("="))
    .join("&");
}

/** What stands between two fields stays encoded within one: pages put each field on a line. */
function withoutSeparator(text: string): string {
  return text.replaceAll("&", "%26");
}

/** PLAINTEXT (RFC 5849 §3.4.4) has the secrets themselves for a signature. */
function isSecret(name: string, signatureIsSecret: boolean): boolean {
  return SECRET_NAMES.has(name) || (signatureIsSecret && name === "oauth_signature");
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
