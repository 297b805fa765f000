import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { serveAppCalls } from "./app-call-routes.ts";
import type { DemoProvider } from "./demo-provider.ts";
import { serveDevices } from "./device-routes.ts";
import { ErrorPage, errorPage, errorPageOf, ToStartPage } from "./error-page.ts";
import { unlogged } from "./exchange-log.ts";
import type { OAuth1Demo } from "./oauth1-demo.ts";
import { serveOAuth1Pin } from "./oauth1-pin-routes.ts";
import { serveOAuth1 } from "./oauth1-routes.ts";
import { serveOAuth2 } from "./oauth2-routes.ts";
import { exchangesPanel, PROVIDER_PAGES } from "./pages/exchanges.ts";
import { homePage } from "./pages/home.ts";
import { openProviders, type ProvidersOptions } from "./providers.ts";
import { noStore, onePublicHost, sameOriginPosts, securityHeaders } from "./security.ts";
import type { DemoState } from "./sign-in-routes.ts";
import { Visitors } from "./visitors.ts";

/** Options of {@link createDemo}. */
export interface DemoOptions extends ProvidersOptions {
  /** Called with every error that ends on the page "That should not have happened". */
  readonly onFailure?: (error: unknown) => void;
}

/** A demo that is ready to be served. */
export interface Demo {
  readonly app: Hono;
  readonly providers: readonly DemoProvider[];
  readonly oauth1: OAuth1Demo;
  /** Stops the emulators. */
  readonly close: () => Promise<void>;
}

const ASSETS = fileURLToPath(new URL("../assets", import.meta.url));

/** Starts the emulators and creates the demo's web app. */
export async function createDemo(options: DemoOptions): Promise<Demo> {
  const { publicUrl, clock, onFailure } = options;
  const { providers, oauth1, close } = await openProviders(options);
  const visitors = new Visitors(publicUrl, () => clock?.now() ?? Date.now());
  const state: DemoState = { providers, oauth1, visitors, publicUrl };
  const app = new Hono();
  const authorizationUrls = providers.map(
    ({ client }) => client.provider.endpoints.authorization ?? publicUrl,
  );
  app.use(
    noStore,
    securityHeaders(
      [...authorizationUrls, oauth1.authorizationUrl].map((url) => new URL(url).origin),
      [...providers, oauth1].flatMap(({ emulator }) => emulator ?? []),
      publicUrl.startsWith("https:"),
    ),
    onePublicHost(publicUrl),
    sameOriginPosts(publicUrl),
  );
  app.use(
    "/assets/*",
    serveStatic({
      root: relative(process.cwd(), ASSETS) || ".",
      rewriteRequestPath: (path) => path.replace(/^\/assets/, ""),
      onFound: (_path, c) => c.header("Cache-Control", "public, max-age=300"),
    }),
  );
  app.get("/", (c) => c.html(homePage(providers, oauth1, visitors.find(c))));
  serveOAuth1(app, state);
  serveOAuth1Pin(app, state);
  for (const serve of [serveOAuth2, serveDevices, serveAppCalls]) {
    for (const provider of providers) serve(app, state, provider);
  }
  app.post("/exchanges/clear", async (c) => {
    const { provider, page } = await c.req.parseBody();
    const known = [...providers, oauth1].find(({ name }) => name === provider);
    // A provider's page lists its own exchanges only, and clears no others.
    visitors.find(c)?.log.clear(known?.name);
    const from = PROVIDER_PAGES.find((name) => name === page) ?? "account";
    return c.redirect(known ? `/${from}/${known.name}` : "/", 303);
  });
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
  return { app, providers, oauth1, close };
}
