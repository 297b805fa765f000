import type { Context, Hono } from "hono";
import type { VisitorCookie } from "./cookies.ts";
import { ErrorPage } from "./error-page.ts";
import { currentFlow, type Exchange } from "./exchange-log.ts";
import { maskUrl } from "./masking.ts";
import type { DemoProvider } from "./demo-provider.ts";
import type { OAuth1Demo } from "./oauth1-demo.ts";
import { begin, takePending, type Visitors } from "./visitors.ts";

/** What the routes share. */
export interface Rooms {
  readonly providers: readonly DemoProvider[];
  readonly oauth1: OAuth1Demo;
  readonly visitors: Visitors;
  readonly cookie: VisitorCookie;
  readonly publicUrl: string;
}

/** To the provider, and back. */
export function serveSignIn(app: Hono, rooms: Rooms): void {
  app.post("/sign-in/:provider", async (c) => {
    const provider = providerOf(rooms, c);
    const known = rooms.visitors.find(rooms.cookie.read(c));
    const visitor = known ?? rooms.visitors.create();
    if (!known) rooms.cookie.write(c, visitor.id);
    const request = await provider.begin();
    begin(visitor.pending, request.state, request);
    visitor.log.add({
      provider,
      begins: `Sign-in with ${provider.title}`,
      between: "browser → provider",
      method: "GET",
      url: maskUrl(request.url),
    });
    return c.redirect(request.url, 303);
  });

  app.get("/callback/:provider", async (c) => {
    const provider = providerOf(rooms, c);
    const visitor = rooms.visitors.find(rooms.cookie.read(c));
    if (!visitor) throw notYours();
    const callback = new URL(c.req.url);
    visitor.log.add({
      provider,
      between: "browser → demo",
      method: "GET",
      url: maskUrl(`${rooms.publicUrl}${callback.pathname}${callback.search}`),
      ...broughtBy(callback.searchParams),
    });
    const state = callback.searchParams.get("state") ?? "";
    if (visitor.used.has(state)) throw alreadyUsed();
    const request = takePending(visitor, visitor.pending, state);
    if (!request) throw notYours();
    return currentFlow.run({ log: visitor.log, provider }, async () => {
      const token = await provider.client.fetchToken(callback, request);
      const profile = await provider.client.session(token).profile();
      visitor.accounts.set(provider.name, { token, profile });
      rooms.cookie.write(c, rooms.visitors.renew(visitor).id);
      // To an address without a code in it. Its empty fragment takes the place of the `#_=_` that Facebook hangs on:
      // a browser would carry that along.
      return c.redirect(`/account/${provider.name}#`, 303);
    });
  });
}

/** The provider that a path names. */
export function providerOf({ providers }: Rooms, c: Context): DemoProvider {
  const provider = providers.find(({ name }) => name === c.req.param("provider"));
  if (provider) return provider;
  throw new ErrorPage(404, {
    title: "There is no such provider",
    text: "The demo has Google, GitHub, Facebook and OAuth 1.0a.",
    code: "NOT_FOUND",
  });
}

/** What a callback brought, in a word. An error is shortened, for anybody can write one. */
function broughtBy(query: URLSearchParams): Pick<Exchange, "outcome" | "failure"> {
  const error = query.get("error");
  if (error !== null) return { failure: `error=${error.slice(0, 60)}` };
  return query.has("code") ? { outcome: "code" } : { failure: "no code" };
}

/** For a callback that does not belong to a sign-in of this browser. */
export function notYours(code = "STATE_MISMATCH"): ErrorPage {
  return new ErrorPage(400, {
    title: "This callback is not yours",
    text: "The callback does not belong to a sign-in that this browser started, or the browser lost its cookie, so it was ignored. Start again.",
    code,
  });
}

/** For a callback that comes a second time. */
export function alreadyUsed(): ErrorPage {
  return new ErrorPage(400, {
    title: "This callback was already used",
    text: "Each callback can be used once. Perhaps you came back through the browser's history. The start page shows whether you are signed in.",
    code: "CALLBACK_REPLAYED",
  });
}
