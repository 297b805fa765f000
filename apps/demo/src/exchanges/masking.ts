import { decoded, isSecretName } from "./secret-names.ts";

const MAX_LENGTH = 4000;

/** Masks a secret: what remains tells two secrets apart, and is too little to use. */
export function masked(secret: string): string {
  return secret.length < 16 ? "•••" : `${secret.slice(0, 4)}…${secret.slice(-4)}`;
}

/** Masks the secrets in headers; the scheme of an Authorization header and the names of cookies remain. */
export function maskHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => {
        const lines = (Array.isArray(value) ? value : [value]).map(String);
        return [name, lines.map((line) => maskHeader(name.toLowerCase(), line)).join(", ")];
      }),
  );
}

function maskHeader(name: string, text: string): string {
  if (name === "location") return maskUrl(text);
  if (name === "cookie") return maskPairs(text, /;\s*/);
  // A comma separates two cookies, unless it is in a date.
  if (name === "set-cookie")
    return text
      .split(/,\s*(?=[^;,\s]+=)/)
      .map(maskCookie)
      .join(", ");
  if (!isSecretName(name)) return maskText(text);
  if (/^OAuth\s/.test(text)) return maskOAuth1(text);
  const [scheme = "", rest] = text.split(" ", 2);
  if (rest === undefined) return masked(text);
  // The end of Basic credentials is the end of a password, which may be short.
  return `${scheme} ${/^basic$/i.test(scheme) ? "•••" : masked(rest)}`;
}

const COOKIE_ATTRIBUTE =
  /^(?:(?:path|domain|expires|max-age|samesite|priority)=|(?:secure|httponly|partitioned)$)/i;

/** Masks the value of a Set-Cookie header (RFC 6265 §4.1), and any attribute that is not a known one. */
function maskCookie(line: string): string {
  const [pair = "", ...attributes] = line.split(/;\s*/);
  const shown = attributes.map((text) =>
    COOKIE_ATTRIBUTE.test(text) ? maskText(text) : maskPairs(text),
  );
  return [maskPairs(pair), ...shown].join("; ");
}

/** Masks the value of each `name=value`, and all of a part without a name. */
function maskPairs(text: string, separator: RegExp | string = "\n"): string {
  return text
    .split(separator)
    .map((pair) => {
      const at = pair.indexOf("=") + 1;
      return pair === "" ? "" : pair.slice(0, at) + masked(pair.slice(at));
    })
    .join("; ");
}

/** Masks the secrets in a URL: in its user info, its query and its fragment. */
export function maskUrl(url: string): string {
  const [, location = "", query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? [];
  return [
    maskText(location),
    query === undefined ? "" : `?${maskForm(query)}`,
    fragment === undefined ? "" : `#${maskText(fragment)}`,
  ].join("");
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
  if (/^[\w.~%[\]-]+=[^\s<>]*$/.test(text)) return maskForm(text);
  return text.length > 200 ? `${maskText(text).slice(0, 200)}…` : maskText(text);
}

/** Masks the secrets in a signature base string (RFC 5849 §3.4.1.1), whose last part is an encoded form. */
export function maskBaseString(baseString: string): string {
  return baseString.replaceAll(
    /(?<=&|%26)(\w+)%3D(.*?)(?=%26|$)/g,
    (pair, name: string, value: string) =>
      isSecretName(name) ? `${name}%3D${masked(value)}` : pair,
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
  const method = fields.get("oauth_signature_method") ?? undefined;
  // Pages put each field on a line of its own, so an ampersand within a field stays encoded.
  return [...fields]
    .map(([name, value]) => {
      return `${name}=${maskField(name, value, method)}`.replaceAll("&", "%26");
    })
    .join("&");
}

/** Masks the value of a field of a form; the signature method of OAuth 1.0a decides whether its signature is a secret. */
export function maskField(name: string, value: string, signatureMethod?: string): string {
  return isSecret(name, signatureMethod === "PLAINTEXT") ? masked(value) : maskText(value);
}

/** Masks the secrets in a field of JSON. */
export function maskJsonField(name: string, value: unknown): unknown {
  return Object.values(maskJson({ [name]: value }) as object)[0];
}

/** Whether a field is a secret: with PLAINTEXT (RFC 5849 §3.4.4) the signature consists of the secrets. */
function isSecret(name: string, isPlaintext: boolean): boolean {
  return isSecretName(name) || (isPlaintext && name === "oauth_signature");
}

/** Masks the secrets in data of JSON. */
export function maskJson(value: unknown, hidden = false): unknown {
  if (typeof value === "string") return hidden ? masked(value) : maskText(value);
  if (typeof value === "number") return hidden ? masked(`${value}`) : value;
  if (Array.isArray(value)) return value.map((part) => maskJson(part, hidden));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      // A number under this name, or a word beside a message, is that of an error.
      const isErrorCode = name === "code" && (typeof part === "number" || "message" in value);
      return [name, maskJson(part, hidden || (isSecretName(name) && !isErrorCode))];
    }),
  );
}

/** Masks what looks like a secret in a text of any kind: JWTs, bearer tokens, and values that have the name of a secret. */
export function maskText(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .replaceAll(/\beyJ[\w-]{5,}\.[\w.-]+/g, masked)
    .replaceAll(/(?<=\/\/)[^/\s@?#]+(?=@)/g, masked)
    .replaceAll(/(?<=\bBearer\s+)[\w.~+/-]{16,}(?![\w="])/gi, masked)
    .replaceAll(
      /(?<![\w.~%[\]-])([\w.~%[\]-]+)=(["']?)([^&\s;,"'<>#]+)/g,
      (_, name: string, quote: string, value: string) =>
        `${name}=${quote}${isSecretName(name) ? masked(value) : maskValue(value)}`,
    )
    .replaceAll(/("[\w.-]+"\s*:\s*")([^"]*)(?=")/g, maskNamed)
    .replaceAll(/(<[\w:.-]+>)([^<]+)(?=<)/g, maskNamed);
}

/** Masks the secrets in a value that may contain further names and values, also encoded ones. */
function maskValue(value: string): string {
  const plain = /%3d/i.test(value) ? decoded(value) : value;
  const shown = plain.includes("=") ? maskText(plain) : plain;
  return shown === plain ? value : shown;
}

function maskNamed(pair: string, before: string, value: string): string {
  return isSecretName(/[\w.-]+/.exec(before)?.[0] ?? "") ? `${before}${masked(value)}` : pair;
}
