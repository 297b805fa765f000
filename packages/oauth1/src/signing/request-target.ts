import { ConfigurationError } from "@grantkit/core";
import type { OptionRule } from "@grantkit/core/requests";
import { type EncodedParameter, encodedParameters, parseForm } from "./parameters.ts";
import { unsignable } from "../errors.ts";

/** Where a request goes, in the parts that are signed. */
export interface RequestTarget {
  /** As it is sent: without a fragment. */
  readonly href: string;
  readonly url: URL;
  /** Host and port as the base string has them (RFC 5849 §3.4.1.2). */
  readonly authority: string;
  /** The parameters of the query. */
  readonly query: readonly EncodedParameter[];
}

const PORT = "its port must be from 1 to 65535";

/** Takes the URL of a request. */
export const mustBeRequestUrl: OptionRule = (value) => {
  const url = readUrl(value);
  return typeof url === "string" ? [url] : [];
};

/** The URL, or in one sentence what is wrong with it. */
function readUrl(url: unknown): URL | string {
  if (url === undefined || url === "") return "url is missing";
  // The platform's own, which has been parsed; one of another realm is read anew.
  if (url instanceof URL) return partProblem(url) ?? url;
  if (typeof url !== "string" && !isUrl(url)) return "url must be a string or a URL";
  const text = String(url);
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    return /^https?:\/\/[^/?#]*:\d+(?:[/?#]|$)/i.test(text)
      ? `url is no URL: ${PORT}`
      : "url must be an absolute URL, for example https://api.example.com/1/items";
  }
  return /\p{Surrogate}/u.test(text)
    ? "url has half of a surrogate pair in it, which is no character"
    : (partProblem(parsed) ?? parsed);
}

function partProblem({ protocol, port, username, password }: URL): string | undefined {
  if (protocol !== "https:" && protocol !== "http:") return "url must use https or http";
  if (port === "0") return `url cannot be reached: ${PORT}`;
  return username === "" && password === ""
    ? undefined
    : "url must have no user name and password in it";
}

function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === "[object URL]";
}

/**
 * Reads where a request goes.
 *
 * @param host - The `Host` header, when the request has one: what the server sees is what must be signed.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for a URL that cannot be; OAuthError with code
 * `REQUEST_UNSIGNABLE` for a query or a `Host` header that servers would not agree on.
 */
export function requestTarget(url: string | URL, host: string | undefined): RequestTarget {
  const parsed = readUrl(url);
  if (typeof parsed === "string") throw new ConfigurationError("The request", [parsed]);
  const { href } = parsed;
  const end = href.indexOf("#");
  const query = parseForm(parsed.search.slice(1));
  if (query === undefined) {
    throw unsignable(
      "the query of its URL cannot be decoded, and servers would not agree on what it says. Percent-encode it as UTF-8 (a % by itself is %25)",
    );
  }
  return {
    href: end < 0 ? href : href.slice(0, end),
    url: parsed,
    authority: host === undefined ? parsed.host : authorityOf(parsed.protocol, host),
    query: encodedParameters(query),
  };
}

/** A `Host` header in lower case, without the scheme's default port: otherwise as it is on the wire, not as URLs write it. */
function authorityOf(protocol: string, host: string): string {
  const text = `${protocol}//${host}`;
  if (!/[^\x21-\x7e]|[/?#@\\]/.test(host) && URL.canParse(text)) {
    const { port } = new URL(text);
    const [name = ""] = /^(?:\[.*\]|[^:]*)/.exec(host.toLowerCase()) ?? [];
    if (port !== "0") return port === "" ? name : host.toLowerCase();
  }
  throw unsignable(
    "its Host header is no host and port (a port is from 1 to 65535). Correct it, or leave it out: then the URL's own is signed",
  );
}
