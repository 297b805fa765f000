import { ConfigurationError } from "@grantkit/core";
import type { OptionRule } from "@grantkit/core/requests";
import { unsignable } from "../errors.ts";
import { type EncodedParameter, encodedParameters, parseForm } from "./parameters.ts";
import { withEncodedQuery } from "./percent-encoding.ts";

/** The URL of a request, in the parts that are signed. */
export interface RequestTarget {
  /** The URL as it is sent: without its fragment, and with a query that has no raw characters. */
  readonly href: string;
  readonly url: URL;
  /** Host and port as they are signed (RFC 5849 §3.4.1.2). */
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

/** The URL, or a sentence about what is wrong with it. */
function readUrl(url: unknown): URL | string {
  if (url === undefined || url === "") return "url is missing";
  // One of another realm is parsed again.
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
 * Reads the URL of a request.
 *
 * @param host - The `Host` header, if the request has one: the server sees that one, and so that one is signed.
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) for an invalid URL; OAuthError with code `REQUEST_UNSIGNABLE` for a
 * query or a `Host` header that servers read in different ways.
 */
export function requestTarget(url: string | URL, host: string | undefined): RequestTarget {
  const parsed = readUrl(url);
  if (typeof parsed === "string") throw new ConfigurationError("The request", [parsed]);
  const href = parsed.search === "" ? parsed.href : withEncodedQuery(parsed.href);
  const end = href.indexOf("#");
  const query = parseForm(parsed.search.slice(1));
  if (query === undefined) {
    throw unsignable(
      "the query of its URL cannot be decoded, and servers would read it in different ways. Percent-encode it as UTF-8 (a single % is %25)",
    );
  }
  return {
    href: end < 0 ? href : href.slice(0, end),
    url: parsed,
    authority: host === undefined ? parsed.host : authorityOf(parsed.protocol, host),
    query: encodedParameters(query),
  };
}

/** A `Host` header in lower case and without the scheme's default port, but otherwise as it is sent. */
function authorityOf(protocol: string, host: string): string {
  const text = `${protocol}//${host}`;
  if (!/[^\x21-\x7e]|[/?#@\\]/.test(host) && URL.canParse(text)) {
    const { port } = new URL(text);
    const [name = ""] = /^(?:\[.*\]|[^:]*)/.exec(host.toLowerCase()) ?? [];
    if (port !== "0") return port === "" ? name : host.toLowerCase();
  }
  throw unsignable(
    "its Host header is no host and port (a port is from 1 to 65535). Correct it, or leave it out: then the URL's host is signed",
  );
}
