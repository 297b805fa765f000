import type { Clock } from "@grantkit/core";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { serveAccount } from "./account-routes.ts";
import { serveAppCalls } from "./app-call-routes.ts";
import { VisitorCookie } from "./cookies.ts";
import { serveDevices } from "./device-routes.ts";
import { ErrorPage, pageOf } from "./error-page.ts";
import { errorPage } from "./pages/error.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { homePage } from "./pages/home.ts";
import type { DemoProvider } from "./demo-provider.ts";
import { serveOAuth1Account } from "./oauth1-account-routes.ts";
import type { OAuth1Demo } from "./oauth1-demo.ts";
import { serveOAuth1Pin } from "./oauth1-pin-routes.ts";
import { openOAuth1 } from "./oauth1-presets.ts";
import { serveOAuth1SignIn } from "./oauth1-sign-in-routes.ts";
import { openProviders } from "./providers.ts";
import { onePublicHost, sameOriginPosts, securityHeaders } from "./security.ts";
import { type Rooms, serveSignIn } from "./sign-in-routes.ts";
import { Visitors } from "./visitors.ts";

/** What a demo is started with. */
export interface DemoOptions {
  /** Where it is seen from outside, without a slash at the end: `http://localhost:3000`. */
  readonly publicUrl: string;
  /** Where the real providers' credentials come from. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Time, for tests. */
  readonly clock?: Clock;
  /** Told of what ends on the page "That should not have happened". */
  readonly onFailure?: (error: unknown) => void;
}

/** A demo that is ready to be served. */
export interface Demo {
  readonly app: Hono;
  readonly providers: readonly DemoProvider[];
  readonly oauth1: OAuth1Demo;
  /** Ends the emulators. */
  readonly close: () => Promise<void>;
}

const ASSETS = fileURLToPath(new URL("../assets", import.meta.url));

/** Builds the demo, its emulators running. */
export async function createDemo(options: DemoOptions): Promise<Demo> {
  const { publicUrl, environment = {}, clock } = options;
  const opening = { publicUrl, environment, ...(clock && { clock }) };
  const { providers, close: closeProviders } = await openProviders(opening);
  const { oauth1, close: closeOAuth1 } = await openOAuth1(opening);
  const rooms: Rooms = {
    providers,
    oauth1,
    visitors: new Visitors(() => clock?.now() ?? Date.now()),
    cookie: new VisitorCookie(publicUrl),
    publicUrl,
  };
  const app = new Hono();
  app.use(
    securityHeaders(
      [...originsOf(providers), oauth1.authorizationOrigin],
      emulatorsOf([...providers, oauth1]),
      publicUrl.startsWith("https:"),
    ),
  );
  app.use(onePublicHost(publicUrl));
  app.use(sameOriginPosts(publicUrl));
  app.use(
    "/assets/*",
    serveStatic({
      root: relative(process.cwd(), ASSETS) || ".",
      rewriteRequestPath: (path) => path.replace(/^\/assets/, ""),
      onFound: (_path, c) => c.header("Cache-Control", "public, max-age=300"),
    }),
  );
  app.get("/", (c) =>
    c.html(homePage(providers, oauth1, rooms.visitors.find(rooms.cookie.read(c)))),
  );
  // First, for the paths of the others have a place for any provider's name.
  serveOAuth1SignIn(app, rooms);
  serveOAuth1Pin(app, rooms);
  serveOAuth1Account(app, rooms);
  serveSignIn(app, rooms);
  serveDevices(app, rooms);
  serveAccount(app, rooms);
  serveAppCalls(app, rooms);
  app.notFound(() => {
    throw new ErrorPage(404, {
      title: "Page not found",
      text: "This page does not exist. Go to the start page.",
      code: "NOT_FOUND",
    });
  });
  app.onError((error, c) => {
    const { status, page } = pageOf(error);
    if (status === 500) options.onFailure?.(error);
    const visitor = rooms.visitors.find(rooms.cookie.read(c));
    const exchanges = visitor ? exchangesPanel(visitor.log.exchanges) : "";
    return c.html(errorPage(page, exchanges), status);
  });
  const close = async (): Promise<void> => {
    await Promise.all([closeProviders(), closeOAuth1()]);
  };
  return { app, providers, oauth1, close };
}

function originsOf(providers: readonly DemoProvider[]): string[] {
  return providers.flatMap(({ client }) => {
    const { authorization } = client.provider.endpoints;
    return authorization === undefined ? [] : new URL(authorization).origin;
  });
}

function emulatorsOf(providers: readonly Pick<DemoProvider, "emulator">[]): string[] {
  return providers.flatMap(({ emulator }) => emulator ?? []);
}
