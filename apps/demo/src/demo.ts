import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ErrorPage, errorPage, errorPageOf, ToStartPage } from "./error-page.ts";
import { unlogged } from "./exchanges/exchange-log.ts";
import type { OAuth1Demo } from "./oauth1-demo.ts";
import { serveOAuth1Pin } from "./oauth1-pin-routes.ts";
import { serveOAuth1 } from "./oauth1-routes.ts";
import { exchangesPanel, PROVIDER_PAGES } from "./pages/exchanges.ts";
import { serveCallbacks } from "./runs/callback-routes.ts";
import { serveRuns } from "./runs/run-routes.ts";
import { targetsOf } from "./runs/workbench.ts";
import { openTargets, type TargetsOptions } from "./targets/open-targets.ts";
import type { Target } from "./targets/target.ts";
import { serveTypedTargets } from "./targets/typed/typed-target-routes.ts";
import { noStore, onePublicHost, sameOriginPosts, securityHeaders } from "./security.ts";
import type { DemoState } from "./sign-in-routes.ts";
import { Visitors } from "./visitors.ts";

/** Options of {@link createDemo}. */
export interface DemoOptions extends TargetsOptions {
  /** Called with every error that ends on the page "That should not have happened". */
  readonly onFailure?: (error: unknown) => void;
}

/** A demo that is ready to be served. */
export interface Demo {
  readonly app: Hono;
  readonly targets: readonly Target[];
  readonly oauth1: OAuth1Demo;
  /** Stops the emulators. */
  readonly close: () => Promise<void>;
}

const ASSETS = fileURLToPath(new URL("../assets", import.meta.url));

/** Starts the emulators and creates the demo's web app. */
export async function createDemo(options: DemoOptions): Promise<Demo> {
  const { publicUrl, clock, onFailure } = options;
  const { targets, oauth1, keys, opening, close } = await openTargets(options);
  const visitors = new Visitors(publicUrl, () => clock?.now() ?? Date.now());
  const workbench = { targets, visitors, publicUrl, onFailure };
  const state: DemoState = { oauth1, visitors, publicUrl };
  const app = new Hono();
  app.use(
    noStore,
    securityHeaders(
      (c) => [
        ...targetsOf(workbench, visitors.find(c)).flatMap((each) => each.authorizationOrigins),
        new URL(oauth1.authorizationUrl).origin,
      ],
      [...targets.map(({ origin }) => origin), oauth1.emulator].flatMap((each) => each ?? []),
      publicUrl.startsWith("https:"),
    ),
    onePublicHost(publicUrl),
    sameOriginPosts(publicUrl),
    bodyLimit({ maxSize: 256 * 1024 }),
  );
  app.use(
    "/assets/*",
    serveStatic({
      root: relative(process.cwd(), ASSETS) || ".",
      rewriteRequestPath: (path) => path.replace(/^\/assets/, ""),
      onFound: (_path, c) => c.header("Cache-Control", "public, max-age=300"),
    }),
  );
  serveOAuth1(app, state);
  serveOAuth1Pin(app, state);
  serveRuns(app, workbench);
  serveCallbacks(app, workbench);
  serveTypedTargets(app, workbench, opening);
  app.post("/exchanges/clear", async (c) => {
    const { provider, page } = await c.req.parseBody();
    const known = [oauth1].find(({ name }) => name === provider);
    // A provider's page lists its own exchanges only, and clears no others.
    visitors.find(c)?.log.clear(known?.name);
    const from = PROVIDER_PAGES.find((name) => name === page) ?? "account";
    return c.redirect(known ? `/${from}/${known.name}` : "/", 303);
  });
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
    const visitor = visitors.find(c);
    const exchanges = visitor ? exchangesPanel(visitor.log, undefined, unlogged.get(c)) : "";
    return c.html(errorPage(content, exchanges), status);
  });
  return { app, targets, oauth1, close };
}
