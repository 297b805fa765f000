import { OAuthError } from "../errors/oauth-error.ts";
import { isSecureUrl } from "./loopback.ts";

/** Where a redirect leads, and what may go along. */
export interface NextHop {
  /** The URL that it leads to. */
  readonly url: URL;
  /** In upper case. */
  readonly method: string;
  /** Whether the body is sent again. */
  readonly keepBody: boolean;
  /** Whether credentials may go along: only within one origin. */
  readonly sameOrigin: boolean;
}

/** A response that may be a redirect. */
export interface Hop {
  readonly provider: string;
  readonly status: number;
  readonly location: string | null | undefined;
  readonly url: URL;
  readonly method: string;
  readonly hasBody: boolean;
  /** How many redirects were followed to get here. */
  readonly followed: number;
  /** How many may be followed, where the caller allows fewer than five; 0 where the caller allows none. */
  readonly most?: number;
}

/** Redirects that are followed at most. */
const MOST_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * What a cross-origin request may keep of its headers. An allow-list: whatever else a caller sends
 * (x-api-key, a cookie, a signature) may be a credential.
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

/** Whether a header may follow a redirect to another origin. */
export function mayCrossOrigins(header: string): boolean {
  return HARMLESS_HEADERS.has(header.toLowerCase());
}

/** Whether a header is about the body, and has no place without one. */
export function isAboutBody(header: string): boolean {
  return /^content-/i.test(header);
}

/**
 * Decides where a response leads (RFC 9110 §15.4); undefined when it is no redirect.
 *
 * @throws OAuthError with code `REDIRECT_REFUSED` for one that would leave https, loop, or carry a body to
 * another origin.
 */
export function nextHop(hop: Hop): NextHop | undefined {
  const { status, url } = hop;
  const location = hop.location && asUtf8(hop.location);
  if (!REDIRECTS.has(status) || !location) return undefined;
  const refuse = (reason: string): OAuthError =>
    new OAuthError(
      "REDIRECT_REFUSED",
      `A redirect (status ${status}) from ${url.origin} was not followed: ${reason}.`,
      { provider: hop.provider, status },
    );
  const excess = excessOf(hop);
  if (excess) throw refuse(excess);
  if (!URL.canParse(location, url.href)) throw refuse("its Location cannot be parsed");
  const target = new URL(location, url.href);
  const objection = objectionTo(target, url);
  if (objection) throw refuse(objection);
  const sameOrigin = target.origin === url.origin;
  const method = methodAfter(status, hop.method);
  const keepBody = method === hop.method && hop.hasBody;
  if (keepBody && !sameOrigin) {
    throw refuse(
      `it would carry the request's body to ${target.origin}. Send the request there yourself if that is meant`,
    );
  }
  return { url: target, method, keepBody, sameOrigin };
}

/**
 * A Location that has bytes beyond ASCII, which is not allowed (RFC 3986 §2) and common: HTTP libraries give a header as
 * Latin-1, and what was written is UTF-8, as browsers read it.
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
function excessOf({ followed, most = MOST_REDIRECTS }: Hop): string | undefined {
  // Not by Math.min(): a caller's NaN would be no limit at all.
  const limit = most < MOST_REDIRECTS ? most : MOST_REDIRECTS;
  if (followed < limit) return undefined;
  return limit === 0 ? 'the request has redirect: "error"' : `there were ${limit} before it`;
}

function objectionTo(target: URL, from: URL): string | undefined {
  if (target.protocol !== "https:" && target.protocol !== "http:") {
    return "it leads to neither http nor https";
  }
  if (from.protocol === "https:" && target.protocol === "http:")
    return "it leads from https to http";
  if (!isSecureUrl(target)) return "it leads to plain http";
  return target.username !== "" || target.password !== ""
    ? "its Location has a user name or password in it"
    : undefined;
}

/** RFC 9110 §15.4.2-4: what every client does, and the specification allows. */
function methodAfter(status: number, method: string): string {
  if (status === 303 && method !== "HEAD") return "GET";
  return (status === 301 || status === 302) && method === "POST" ? "GET" : method;
}
