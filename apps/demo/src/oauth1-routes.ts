import type { Hono } from "hono";
import { callApi } from "./api-call.ts";
import { orStartPage } from "./error-page.ts";
import { currentFlow } from "./exchanges/exchange-log.ts";
import { maskBaseString } from "./exchanges/masking.ts";
import { choiceOf, type OAuth1Demo, type SigningChoice } from "./oauth1-demo.ts";
import { oauth1TokenPanels } from "./pages/oauth1-account.ts";
import { type DemoState, serveSignIn, type SignInSteps } from "./sign-in-routes.ts";
import { addPending, type OAuth1Account, type OAuth1SignIn, type Visitor } from "./visitors.ts";

/** Serves the sign-in with OAuth 1.0a, the account's page and its buttons. */
export function serveOAuth1(app: Hono, state: DemoState): void {
  const { oauth1, visitors, publicUrl } = state;
  const callbackUri = `${publicUrl}/callback/oauth1`;
  const steps: SignInSteps<OAuth1SignIn, OAuth1Account> = {
    stateOf: (visitor) => visitor.oauth1,
    begin: (visitor, form) =>
      fetchRequestToken(oauth1, visitor, choiceOf(oauth1, form), callbackUri),
    keyParameters: ["oauth_token", "denied"],
    successParameter: "oauth_verifier",
    checksUnknownKeys: true,
    mismatch: "TOKEN_MISMATCH",
    finish: async (callback, { choice, requestToken }) => {
      const session = await oauth1.session(choice, { requestToken });
      session.parseAuthorizationResponse(callback);
      return accountOf(oauth1, choice, await session.fetchAccessToken());
    },
    fragment: "",
    tokenPanels: (account) => oauth1TokenPanels(oauth1, account),
  };
  serveSignIn(app, state, oauth1, steps);

  app.post("/account/oauth1/call", async (c) => {
    const form = await c.req.parseBody();
    const visitor = orStartPage(visitors.find(c));
    const { log } = visitor;
    const account = orStartPage(visitor.oauth1.accounts.get(oauth1.name));
    const call = orStartPage(oauth1.calls.find(({ name }) => name === form["call"]));
    const { method, placement } = (account.choice = choiceOf(oauth1, form));
    const before = log.of(oauth1.name).at(-1);
    const baseStringBefore = oauth1.baseString?.(account.token.key);
    account.result = await currentFlow.run({ log, provider: oauth1 }, async () => {
      const session = await oauth1.session(account.choice, {
        token: account.token,
        wrongKey: call.wrongKey,
      });
      return callApi(`${call.label}: ${method} in the ${placement}`, () => call.send(session));
    });
    const newest = log.of(oauth1.name).at(-1);
    account.sent = newest === before ? undefined : newest;
    const baseString = oauth1.baseString?.(account.token.key);
    // There is no new one if the method was PLAINTEXT, or if the request could not be signed and was not sent.
    if (baseString !== undefined && baseString !== baseStringBefore) {
      const text = `${account.result.text}\n\nThe server's base string (if yours is the same, the secret is wrong):\n${maskBaseString(baseString)}`;
      account.result = { ...account.result, text };
    }
    return c.redirect("/account/oauth1#result", 303);
  });

  app.post("/account/oauth1/foreign-callback", async (c) => {
    const visitor = orStartPage(visitors.find(c));
    const { choice } = orStartPage(visitor.oauth1.accounts.get(oauth1.name));
    const { key, signIn } = await fetchRequestToken(oauth1, visitor, choice, callbackUri);
    addPending(visitor.oauth1.pending, key, signIn);
    const query =
      "oauth_token=the-request-token-of-somebody-else&oauth_verifier=and-their-verifier";
    return c.redirect(`/callback/oauth1?${query}`, 303);
  });
}

/** Gets a request token, and the URL where the user authorizes it. */
export function fetchRequestToken(
  oauth1: OAuth1Demo,
  { log }: Visitor,
  choice: SigningChoice,
  callbackUri: string,
): Promise<{ readonly key: string; readonly url: string; readonly signIn: OAuth1SignIn }> {
  const begins = `Sign-in with ${oauth1.title}, ${choice.method} in the ${choice.placement}`;
  return currentFlow.run({ log, provider: oauth1, begins }, async () => {
    const session = await oauth1.session(choice, { callbackUri });
    const requestToken = await session.fetchRequestToken();
    const url = session.authorizationUrl();
    return { key: requestToken.key, url, signIn: { choice, requestToken } };
  });
}

/** Gets the profile of the user who authorized the token. */
export async function accountOf(
  oauth1: OAuth1Demo,
  choice: SigningChoice,
  token: OAuth1Account["token"],
): Promise<OAuth1Account> {
  // A GET has no form for the signature.
  const placement = choice.placement === "body" ? "header" : choice.placement;
  const session = await oauth1.session({ ...choice, placement }, { token });
  return { token, profile: await oauth1.profile(session), choice };
}
