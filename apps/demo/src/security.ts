import type { MiddlewareHandler } from "hono";
import { ErrorPage } from "./error-page.ts";

/** Headers that every answer has. `formTargets` are the origins that a sign-in leads to. */
export function securityHeaders(
  formTargets: readonly string[],
  imageSources: readonly string[],
  secure: boolean,
): MiddlewareHandler {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    `img-src 'self' https: ${imageSources.join(" ")}`.trim(),
    // Browsers hold a form's redirects to this too, and signing in is a form that redirects.
    `form-action 'self' ${formTargets.join(" ")}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return async (c, next) => {
    await next();
    c.header("Content-Security-Policy", policy);
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Referrer-Policy", "no-referrer");
    c.header("X-Frame-Options", "DENY");
    if (secure) c.header("Strict-Transport-Security", "max-age=31536000");
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
  };
}

/** Lets a POST through only if it comes from a page of ours. */
export function sameOriginPosts(publicUrl: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method === "POST") {
      const site = c.req.header("sec-fetch-site");
      // Browsers say where a request comes from; Origin alone will not do, it is "null" under our Referrer-Policy.
      const ours =
        site === undefined ? c.req.header("origin") === publicUrl : site === "same-origin";
      if (!ours) {
        throw new ErrorPage(403, {
          title: "That came from another site",
          text: "Buttons of this demo work from its own pages only.",
          code: "CROSS_SITE_POST",
        });
      }
    }
    await next();
  };
}

/**
 * Holds visitors to the one public address, whatever name they came by: cookies and callbacks belong to it. A name that
 * is not this machine's is refused, or a page elsewhere could rebind its own name to us.
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
      title: "Wrong address",
      text: `This demo is at ${publicUrl}.`,
      code: "WRONG_HOST",
    });
  };
}
