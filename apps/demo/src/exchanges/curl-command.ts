import type { Exchange } from "./exchange-log.ts";
import { maskBody, maskField, maskHeaders, maskUrl } from "./masking.ts";
import { bodyParts } from "./message-parts.ts";

/** Header fields that curl sets itself; a length that is wrong would make the server wait. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "host",
]);

/** Writes a request as a command for a POSIX shell, as it was sent or with its secrets masked. */
export function curlCommand(exchange: Exchange, secrets: "raw" | "masked"): string {
  const isMasked = secrets === "masked";
  const { method, url, requestBody } = exchange;
  const headers = exchange.requestHeaders ?? {};
  const fields = Object.entries(isMasked ? maskHeaders(headers) : headers)
    .filter(([name]) => !OWN_FIELDS.has(name.toLowerCase()))
    .map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`);
  const body = requestBody !== undefined && isMasked ? maskedBody(requestBody) : requestBody;
  return [
    `curl --request ${quoted(method)} ${quoted(isMasked ? maskedUrl(url) : url)}`,
    ...fields,
    // Not --data, which reads a file if the body begins with @.
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(" \\\n  ");
}

function maskedUrl(url: string): string {
  const [location = "", query] = url.split("?", 2);
  return query === undefined ? maskUrl(url) : `${maskUrl(location)}?${maskedForm(query)}`;
}

function maskedBody(body: string): string {
  const parts = bodyParts(body);
  if (parts?.every(({ value, masked }) => value === masked)) return body;
  return parts && !body.trim().startsWith("{") ? maskedForm(body) : maskBody(body);
}

/** Masks the secrets of a form, whose other values stay encoded. */
function maskedForm(form: string): string {
  const isPlaintext = form.includes("oauth_signature_method=PLAINTEXT");
  return form
    .split("&")
    .map((pair) => {
      const [[name, value] = ["", ""]] = [...new URLSearchParams(pair)];
      const masked = maskField(name, value, isPlaintext ? "PLAINTEXT" : undefined);
      return masked === value ? pair : `${pair.split("=", 1)[0]}=${masked}`;
    })
    .join("&");
}

/** Quotes a word for a POSIX shell: only a single quote needs care between single quotes. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
