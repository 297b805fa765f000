import type { Context, Hono } from "hono";
import { resultOf } from "./api-call.ts";
import { currentFlow } from "./exchange-log.ts";
import { maskBaseString } from "./masking.ts";
import { choiceOf, type OAuth1Call, type OAuth1Demo } from "./oauth1-demo.ts";
import { fetchRequestToken } from "./oauth1-sign-in-routes.ts";
import type { OAuth1Account } from "./oauth1-visit.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { oauth1AccountPage } from "./pages/oauth1-account.ts";
import type { Rooms } from "./sign-in-routes.ts";
import type { Result } from "./result.ts";
import { begin, type Visitor } from "./visitors.ts";

/** What somebody who is signed in by OAuth 1.0a can look at and do. */
export function serveOAuth1Account(app: Hono, rooms: Rooms): void {
  const { oauth1, visitors, cookie, publicUrl } = rooms;
  const here = (c: Context): { visitor: Visitor; account: OAuth1Account } | undefined => {
    const visitor = visitors.find(cookie.read(c));
    const account = visitor?.oauth1.account;
    return visitor && account && { visitor, account };
  };

  app.get("/account/oauth1", (c) => {
    const found = here(c);
    if (!found) return c.redirect("/", 303);
    const exchanges = exchangesPanel(found.visitor.log.of(oauth1.name), {
      provider: oauth1.name,
      page: "account",
    });
    return c.html(oauth1AccountPage(oauth1, found.account, exchanges));
  });

  app.post("/account/oauth1/call", async (c) => {
    const form = await c.req.parseBody();
    const found = here(c);
    const call = oauth1.calls.find(({ name }) => name === form["call"]);
    if (!found || !call) return c.redirect("/", 303);
    const { visitor, account } = found;
    account.choice = choiceOf(oauth1, form);
    const newest = () => visitor.log.of(oauth1.name).at(-1);
    const before = newest();
    account.result = await currentFlow.run({ log: visitor.log, provider: oauth1 }, () =>
      resultOfCall(oauth1, account, call),
    );
    account.sent = newest() === before ? undefined : newest();
    return c.redirect("/account/oauth1#result", 303);
  });

  app.post("/account/oauth1/foreign-callback", async (c) => {
    const found = here(c);
    if (!found) return c.redirect("/", 303);
    const { visitor, account } = found;
    const callbackUri = `${publicUrl}/callback/oauth1`;
    const { signIn } = await fetchRequestToken(oauth1, visitor, account.choice, callbackUri);
    begin(visitor.oauth1.pending, signIn.requestToken.key, signIn);
    const query =
      "oauth_token=the-request-token-of-somebody-else&oauth_verifier=and-their-verifier";
    return c.redirect(`/callback/oauth1?${query}`, 303);
  });

  app.post("/account/oauth1/sign-out", (c) => {
    const found = here(c);
    if (found) found.visitor.oauth1.account = undefined;
    return c.redirect("/", 303);
  });
}

async function resultOfCall(
  oauth1: OAuth1Demo,
  { token, choice }: OAuth1Account,
  { label, wrongKey, send }: OAuth1Call,
): Promise<Result> {
  const session = await oauth1.session(choice, { token, wrongKey });
  const title = `${label}: ${choice.method} in the ${choice.placement}`;
  const before = oauth1.baseString?.(token.key);
  const result = await resultOf(title, () => send(session));
  const baseString = oauth1.baseString?.(token.key);
  // PLAINTEXT has none, and what could not be signed was not sent.
  if (baseString === undefined || baseString === before) return result;
  const text = `${result.text}\n\nThe server's base string (if yours is the same, the secret is wrong):\n${maskBaseString(baseString)}`;
  return { ...result, text };
}
