import type { Context, Hono } from "hono";
import { currentFlow, type Exchange } from "./exchange-log.ts";
import { maskUrl } from "./masking.ts";
import { choiceOf, type OAuth1Demo, type SigningChoice } from "./oauth1-demo.ts";
import type { OAuth1SignIn } from "./oauth1-visit.ts";
import { alreadyUsed, notYours, type Rooms } from "./sign-in-routes.ts";
import { begin, takePending, type Visitor } from "./visitors.ts";

/** To the provider of OAuth 1.0a, and back. */
export function serveOAuth1SignIn(app: Hono, rooms: Rooms): void {
  const { oauth1, visitors, cookie, publicUrl } = rooms;

  app.post("/sign-in/oauth1", async (c) => {
    const choice = choiceOf(oauth1, await c.req.parseBody());
    const known = visitors.find(cookie.read(c));
    const visitor = known ?? visitors.create();
    if (!known) cookie.write(c, visitor.id);
    const callbackUri = `${publicUrl}/callback/oauth1`;
    const { url, signIn } = await fetchRequestToken(oauth1, visitor, choice, callbackUri);
    begin(visitor.oauth1.pending, signIn.requestToken.key, signIn);
    visitor.log.add({
      provider: oauth1,
      between: "browser → provider",
      method: "GET",
      url: maskUrl(url),
    });
    return c.redirect(url, 303);
  });

  app.get("/callback/oauth1", async (c) => {
    const visitor = visitors.find(cookie.read(c));
    if (!visitor) throw notYours("TOKEN_MISMATCH");
    const callback = new URL(c.req.url);
    visitor.log.add({
      provider: oauth1,
      between: "browser → demo",
      method: "GET",
      url: maskUrl(`${publicUrl}${callback.pathname}${callback.search}`),
      ...broughtBy(callback.searchParams),
    });
    const query = callback.searchParams;
    const named = query.get("oauth_token") ?? query.get("denied") ?? "";
    if (visitor.used.has(named)) throw alreadyUsed();
    const { pending } = visitor.oauth1;
    // A callback of another token is for the session to judge, by the sign-in that was begun last.
    const signIn = takePending(visitor, pending, named) ?? [...pending.values()].at(-1);
    if (!signIn) throw notYours("TOKEN_MISMATCH");
    const { choice, requestToken } = signIn;
    const session = await oauth1.session(choice, { requestToken });
    session.parseAuthorizationResponse(callback);
    return currentFlow.run({ log: visitor.log, provider: oauth1 }, async () => {
      const token = await session.fetchAccessToken();
      await welcome(rooms, c, visitor, { choice, token });
      return c.redirect("/account/oauth1", 303);
    });
  });
}

/** The first step of a sign-in, and where it leads. */
export function fetchRequestToken(
  oauth1: OAuth1Demo,
  visitor: Visitor,
  choice: SigningChoice,
  callbackUri: string,
): Promise<{ readonly url: string; readonly signIn: OAuth1SignIn }> {
  const how = `${choice.method} in the ${choice.placement}`;
  const begins = `Sign-in with ${oauth1.title}, ${how}`;
  return currentFlow.run({ log: visitor.log, provider: oauth1, begins }, async () => {
    const session = await oauth1.session(choice, { callbackUri });
    const requestToken = await session.fetchRequestToken();
    return { url: session.authorizationUrl(), signIn: { choice, requestToken } };
  });
}

/** The last step: who that is, under an id that nobody can have planted. */
export async function welcome(
  { oauth1, visitors, cookie }: Rooms,
  c: Context,
  visitor: Visitor,
  {
    choice,
    token,
  }: Pick<OAuth1SignIn, "choice"> & { readonly token: OAuth1SignIn["requestToken"] },
): Promise<void> {
  // A GET has no form for the signature to be in.
  const placement = choice.placement === "body" ? "header" : choice.placement;
  const session = await oauth1.session({ ...choice, placement }, { token });
  visitor.oauth1.account = { token, profile: await oauth1.profile(session), choice };
  cookie.write(c, visitors.renew(visitor).id);
}

/** What a callback brought, in a word. A problem is shortened, for anybody can write one. */
function broughtBy(query: URLSearchParams): Pick<Exchange, "outcome" | "failure"> {
  const problem = query.get("oauth_problem");
  if (problem !== null) return { failure: `oauth_problem=${problem.slice(0, 60)}` };
  if (query.has("denied")) return { failure: "denied" };
  return query.has("oauth_verifier") ? { outcome: "verifier" } : { failure: "no verifier" };
}
