/** The names of secrets in queries, forms and JSON. */
const SECRET_NAMES = new Set([
  "access_token",
  "appsecret_proof",
  "assertion",
  "client_secret",
  "code",
  "code_verifier",
  // OAuth 1.0a: the request token that the user denied.
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

const MAX_LENGTH = 4000;

/** Masks a secret: what remains tells two secrets apart, and is too little to use. */
export function masked(secret: string): string {
  return secret.length < 16 ? "•••" : `${secret.slice(0, 4)}…${secret.slice(-4)}`;
}

/** Masks the secrets in headers; the scheme of an Authorization header remains. */
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

/** Masks the secrets in the query of a URL. */
export function maskUrl(url: string): string {
  const [location = "", query] = url.split("?", 2);
  return query === undefined ? location : `${location}?${maskForm(query)}`;
}

/** Masks the secrets in a body of JSON or a form, and cuts off any other. */
export function maskBody(body: string): string {
  const text = body.trim();
  if (/^[{[]/.test(text)) {
    try {
      return JSON.stringify(maskJson(JSON.parse(text)), null, 2).slice(0, MAX_LENGTH);
    } catch {
      return `(${text.length} characters that are not valid JSON)`;
    }
  }
  if (/^[\w.~%-]+=[^\s<>]*$/.test(text)) return maskForm(text);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Masks the secrets in a signature base string (RFC 5849 §3.4.1.1), whose last part is an encoded form. */
export function maskBaseString(baseString: string): string {
  return baseString.replaceAll(
    /(oauth_(?:token|verifier)%3D)(.*?)(?=%26|$)/g,
    (_, name: string, value: string) => `${name}${masked(value)}`,
  );
}

/** Masks the secrets in an OAuth 1.0a header (RFC 5849 §3.5.1). The signature remains, because people want to see it. */
function maskOAuth1(header: string): string {
  const isPlaintext = header.includes('oauth_signature_method="PLAINTEXT"');
  return header.replaceAll(/(\w+)="([^"]*)"/g, (pair, name: string, value: string) =>
    isSecret(name, isPlaintext) ? `${name}="${masked(value)}"` : pair,
  );
}

function maskForm(form: string): string {
  const fields = new URLSearchParams(form);
  const isPlaintext = fields.get("oauth_signature_method") === "PLAINTEXT";
  // Pages put each field on a line of its own, so an ampersand within a field stays encoded.
  return [...fields]
    .map(([name, value]) => `${name}=${isSecret(name, isPlaintext) ? masked(value) : value}`)
    .map((field) => field.replaceAll("&", "%26"))
    .join("&");
}

/** Whether a field is a secret: with PLAINTEXT (RFC 5849 §3.4.4) the signature consists of the secrets. */
function isSecret(name: string, isPlaintext: boolean): boolean {
  return SECRET_NAMES.has(name) || (isPlaintext && name === "oauth_signature");
}

function maskJson(value: unknown): unknown {
  // The Graph API's links to the next page contain the access token.
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
