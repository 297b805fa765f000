import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ErrorPage, errorPage, errorPageOf, ToStartPage } from "./error-page.ts";
import { unlogged } from "./exchanges/exchange-log.ts";
import { serveCallbacks } from "./runs/callback-routes.ts";
import { serveFaultRemoval } from "./runs/fault-routes.ts";
import { serveRuns } from "./runs/run-routes.ts";
import { targetsOf } from "./runs/workbench.ts";
import { openTargets, type TargetsOptions } from "./targets/open-targets.ts";
import type { AnyTarget } from "./targets/target.ts";
import { serveTypedTargets } from "./targets/typed/typed-target-routes.ts";
import { SAVED_RUNS_PATH } from "./saved-runs/saved-run.ts";
import { serveSavedRuns } from "./saved-runs/saved-run-routes.ts";
import { noStore, onePublicHost, sameOriginPosts, securityHeaders } from "./security.ts";
import { Visitors } from "./visitors.ts";

/** Options of {@link createDemo}. */
export interface DemoOptions extends TargetsOptions {
  /** Called with every error that ends on the page "That should not have happened". */
  readonly onFailure?: (error: unknown) => void;
}

/** A demo that is ready to be served. */
export interface Demo {
  readonly app: Hono;
  readonly targets: readonly AnyTarget[];
  /** Stops the emulators. */
  readonly close: () => Promise<void>;
}

const ASSETS = fileURLToPath(new URL("../assets", import.meta.url));

const smallBodies = bodyLimit({
  maxSize: 256 * 1024,
  onError: () => {
    throw new ErrorPage(413, {
      title: "This is too long",
      text: "A form may have 256 KB. Go back, and shorten its fields.",
      code: "TOO_LARGE",
    });
  },
});

/** Starts the emulators and creates the demo's web app. */
export async function createDemo(options: DemoOptions): Promise<Demo> {
  const { publicUrl, clock, onFailure } = options;
  const { targets, keys, opening, close } = await openTargets(options);
  const visitors = new Visitors(publicUrl, () => clock?.now() ?? Date.now());
  const workbench = { targets, visitors, publicUrl, onFailure };
  const app = new Hono();
  app.use(
    noStore,
    securityHeaders(
      (c) => targetsOf(workbench, visitors.find(c)).flatMap((each) => each.authorizationOrigins),
      targets.flatMap(({ origin }) => origin ?? []),
      publicUrl.startsWith("https:"),
    ),
    onePublicHost(publicUrl),
    sameOriginPosts(publicUrl),
    (c, next) => (c.req.path === SAVED_RUNS_PATH ? next() : smallBodies(c, next)),
  );
  app.use(
    "/assets/*",
    serveStatic({
      root: relative(process.cwd(), ASSETS) || ".",
      rewriteRequestPath: (path) => path.replace(/^\/assets/, ""),
      onFound: (_path, c) => c.header("Cache-Control", "public, max-age=300"),
    }),
  );
  serveRuns(app, workbench);
  serveFaultRemoval(app, workbench);
  serveCallbacks(app, workbench);
  serveTypedTargets(app, workbench, opening);
  serveSavedRuns(app, visitors);
  // What a provider has to know of the page's key, for private_key_jwt.
  app.get("/jwks.json", (c) => c.json(keys.published));
  app.notFound(() => {
    throw new ErrorPage(404, {
      title: "Page not found",
      text: "This page does not exist. Go to the start page.",
      code: "NOT_FOUND",
    });
  });
  app.onError((error, c) => {
    if (error instanceof ToStartPage) return c.redirect("/", 303);
    const { status, content } = errorPageOf(error);
    if (status === 500) onFailure?.(error);
    return c.html(errorPage(content, unlogged.get(c)), status);
  });
  return { app, targets, close };
}
