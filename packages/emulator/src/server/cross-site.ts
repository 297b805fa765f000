import type { MiddlewareHandler } from "hono";
import type { EmulatorContext, EmulatorEnv } from "./request-log.ts";

/**
 * Refuses what another site makes a browser send without leaving that site: fetches, images, form posts and prefetches. A
 * link or a redirect to the authorization endpoint is a navigation, and so are sign-ins in a frame. `open` paths are served to
 * any page.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function refuseCrossSite(open: (path: string) => boolean): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    if (!isFromElsewhere(c) || isNavigation(c) || open(c.req.path)) return next();
    return c.text(
      "The emulator refuses requests from the page of another site. Use a link or a redirect.",
      403,
    );
  };
}

function isFromElsewhere(c: EmulatorContext): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  // Browsers of before 2023 send only this, and programs neither.
  const origin = c.req.header("origin");
  return origin !== undefined && origin !== `http://${c.req.header("host") ?? ""}`;
}

function isNavigation(c: EmulatorContext): boolean {
  const isPrefetch = /prefetch/i.test(
    `${c.req.header("sec-purpose") ?? ""} ${c.req.header("purpose") ?? ""}`,
  );
  return c.req.method === "GET" && c.req.header("sec-fetch-mode") === "navigate" && !isPrefetch;
}
