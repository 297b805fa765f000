import { OAuthError } from "../errors/oauth-error.ts";
import { isSecureUrl } from "./loopback.ts";

/** The request that a redirect leads to, and what it may carry. */
export interface NextHop {
  /** The redirect's target. */
  readonly url: URL;
  /** In upper case. */
  readonly method: string;
  /** Whether the request carries the body. */
  readonly keepBody: boolean;
  /** Whether the origin is the same; only then may credentials be sent along. */
  readonly sameOrigin: boolean;
}

/** A response that may be a redirect, and the request that it answers. */
export interface PossibleRedirect {
  readonly provider: string;
  readonly status: number;
  readonly location: string | null | undefined;
  readonly url: URL;
  readonly method: string;
  readonly hasBody: boolean;
  /** How many redirects were followed before. */
  readonly followed: number;
  /** The caller's limit, where it is below five; 0 refuses every redirect. */
  readonly most?: number;
  /** Http origins that the provider's definition allows. */
  readonly insecureHttp?: readonly string[];
}

/** The most redirects that are followed. */
const MOST_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Whether a status is one of a redirect (RFC 9110 §15.4). */
export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * Headers that a request keeps when a redirect leads to another origin. An allow-list: any other header (x-api-key, a
 * cookie, a signature) may be a credential.
 */
const HARMLESS_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "if-modified-since",
  "if-none-match",
  "range",
  "user-agent",
]);

/** What a redirect takes from the requests that follow it. */
export interface RedirectEffects {
  /** Whether a redirect led to another origin. */
  readonly crossed: boolean;
  /** Whether a redirect dropped the body. */
  readonly dropBody: boolean;
}

/** Removes the headers that may not follow a redirect: credentials to another origin, and those of a dropped body. */
export function removeHeadersAfter(
  { crossed, dropBody }: RedirectEffects,
  headers: Iterable<[string, unknown]> & { delete(name: string): unknown },
): void {
  if (!crossed && !dropBody) return;
  for (const name of Array.from(headers, ([each]) => each.toLowerCase())) {
    const isRefused = crossed && !HARMLESS_HEADERS.has(name);
    if (isRefused || (dropBody && name.startsWith("content-"))) headers.delete(name);
  }
}

/**
 * Finds the request that a redirect leads to (RFC 9110 §15.4); undefined when the response is not a redirect.
 *
 * @throws OAuthError with code `REDIRECT_REFUSED` for a redirect that leaves https, is one too many, or would carry a body
 * to another origin.
 */
export function nextHop(response: PossibleRedirect): NextHop | undefined {
  const { status, url } = response;
  const location = response.location && asUtf8(response.location);
  if (!isRedirect(status) || !location) return undefined;
  const refuse = (reason: string): OAuthError =>
    new OAuthError(
      "REDIRECT_REFUSED",
      `A redirect (status ${status}) from ${url.origin} was not followed: ${reason}.`,
      { provider: response.provider, status },
    );
  const excess = excessOf(response);
  if (excess) throw refuse(excess);
  if (!URL.canParse(location, url.href)) throw refuse("its Location cannot be parsed");
  const target = new URL(location, url.href);
  const objection = objectionTo(target, response);
  if (objection) throw refuse(objection);
  const sameOrigin = target.origin === url.origin;
  const method = methodAfter(status, response.method);
  const keepBody = method === response.method && response.hasBody;
  if (keepBody && !sameOrigin) {
    throw refuse(
      `it would carry the request's body to ${target.origin}. Send the request there yourself if that is meant`,
    );
  }
  return { url: target, method, keepBody, sameOrigin };
}

/**
 * Decodes a Location with bytes beyond ASCII, which RFC 3986 §2 forbids and servers send: HTTP libraries return the header
 * as Latin-1, while the server wrote UTF-8, and browsers read it so.
 */
function asUtf8(location: string): string {
  if (!/[\u0080-\u00ff]/.test(location) || /[^\u0000-\u00ff]/.test(location)) return location;
  const bytes = Uint8Array.from(location, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return location;
  }
}

/** Why no further redirect may be followed; undefined when one may. */
function excessOf({ followed, most = MOST_REDIRECTS }: PossibleRedirect): string | undefined {
  // Not by Math.min(): a caller's NaN would be no limit at all.
  const limit = most < MOST_REDIRECTS ? most : MOST_REDIRECTS;
  if (followed < limit) return undefined;
  return limit === 0 ? 'the request has redirect: "error"' : `there were ${limit} before it`;
}

function objectionTo(
  target: URL,
  { url: from, insecureHttp }: PossibleRedirect,
): string | undefined {
  if (target.protocol !== "https:" && target.protocol !== "http:") {
    return "it leads to neither http nor https";
  }
  if (from.protocol === "https:" && target.protocol === "http:")
    return "it leads from https to http";
  if (!isSecureUrl(target, insecureHttp)) return "it leads to plain http";
  return target.username !== "" || target.password !== ""
    ? "its Location has a user name or password in it"
    : undefined;
}

/** The method after a redirect, as every client chooses it and RFC 9110 §15.4.2-4 allows. */
function methodAfter(status: number, method: string): string {
  if (status === 303 && method !== "HEAD") return "GET";
  return (status === 301 || status === 302) && method === "POST" ? "GET" : method;
}
