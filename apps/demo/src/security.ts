import type { Context, MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { ErrorPage } from "./error-page.ts";

/** Sets the security headers of every response. */
export function securityHeaders(
  authorizationOrigins: (c: Context) => readonly string[],
  imageOrigins: readonly string[],
  isHttps: boolean,
): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      // A page that waits asks whether it has changed.
      connectSrc: ["'self'"],
      imgSrc: ["'self'", "https:", ...imageOrigins],
      // A sign-in is a form that redirects to the provider, and browsers apply this to redirects too.
      formAction: ["'self'", (c) => authorizationOrigins(c).filter(canFormLeadTo).join(" ")],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    strictTransportSecurity: isHttps && "max-age=31536000",
  });
}

/** Whether the security policy can allow a form to lead to a URL: it cannot name an IPv6 address (CSP Level 3 §2.3.1). */
export function canFormLeadTo(url: string): boolean {
  return !new URL(url).hostname.startsWith("[");
}

/** Sets Cache-Control, unless the route did. */
export const noStore: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
};

/** The callback of form_post, which the provider's page sends. It is believed no more than any callback. */
const CALLBACK = /^\/callback\/[\w-]+$/;

/** Refuses a POST that does not come from a page of the demo, unless it is a callback. */
export function sameOriginPosts(publicUrl: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== "POST" || CALLBACK.test(c.req.path)) return next();
    // Origin is only for old browsers: with the demo's Referrer-Policy new ones send "null".
    const site = c.req.header("sec-fetch-site");
    if (site === "same-origin") return next();
    if (site === undefined && c.req.header("origin") === publicUrl) return next();
    throw new ErrorPage(403, {
      title: "The request came from another site",
      text: "The demo's buttons work on its own pages only. Go to the start page.",
      code: "CROSS_SITE_POST",
    });
  };
}

/**
 * Redirects to the public URL, which cookies and callbacks belong to, from any other name of this machine. Names of other
 * machines are refused, because a page elsewhere could point its own name at the demo (DNS rebinding).
 */
export function onePublicHost(publicUrl: string): MiddlewareHandler {
  const { host } = new URL(publicUrl);
  return async (c, next) => {
    const asked = c.req.header("host") ?? host;
    if (asked === host) return next();
    if (c.req.method === "GET" && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(asked)) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(`${publicUrl}${pathname}${search}`, 307);
    }
    throw new ErrorPage(421, {
      title: "Wrong host",
      text: `Open the demo at ${publicUrl}.`,
      code: "WRONG_HOST",
    });
  };
}
