import type { AuthorizationRequest, SessionOptions } from "@grantkit/core";
import type { Hono } from "hono";
import { type ApiResult, callApi, failure } from "./api-call.ts";
import type { DemoProvider } from "./demo-provider.ts";
import { orStartPage } from "./error-page.ts";
import { currentFlow } from "./exchange-log.ts";
import { oauth2TokenPanels } from "./pages/token.ts";
import { type DemoState, serveSignIn, type SignInSteps } from "./sign-in-routes.ts";
import type { Account } from "./visitors.ts";

/** Serves the sign-in with an OAuth 2.0 provider, the account's page and its buttons. */
export function serveOAuth2(app: Hono, state: DemoState, provider: DemoProvider): void {
  const { name, title, client } = provider;
  const steps: SignInSteps<AuthorizationRequest, Account> = {
    stateOf: ({ oauth2 }) => oauth2,
    begin: async () => {
      const request = await provider.begin();
      const begins = `Sign-in with ${title}`;
      return { key: request.state, url: request.url, signIn: request, begins };
    },
    keyParameters: ["state"],
    successParameter: "code",
    checksUnknownKeys: false,
    mismatch: "STATE_MISMATCH",
    finish: async (callback, request) => {
      const token = await client.fetchToken(callback, request);
      return { token, profile: await client.profile(token) };
    },
    // An empty fragment replaces the `#_=_` that Facebook adds, which browsers keep across redirects.
    fragment: "#",
    tokenPanels: (account) => oauth2TokenPanels(provider, account),
  };
  serveSignIn(app, state, provider, steps);

  /** Serves a button of the account's page, and redirects to the page, which shows the result. */
  const serveButton = (
    button: string,
    act: (account: Account, form: Readonly<Record<string, unknown>>) => Promise<ApiResult>,
  ) =>
    app.post(`/account/${name}/${button}`, async (c) => {
      const visitor = orStartPage(state.visitors.find(c));
      const account = orStartPage(visitor.oauth2.accounts.get(name));
      const form = await c.req.parseBody();
      account.result = await currentFlow.run({ log: visitor.log, provider }, () =>
        act(account, form),
      );
      return c.redirect(`/account/${name}`, 303);
    });

  const sessionOf = (account: Account, options: SessionOptions = {}) =>
    client.session(account.token, {
      onTokenUpdate: (next) => {
        account.token = next;
      },
      ...options,
    });

  serveButton("call", async (account, form) => {
    const { sample, noQuery } = provider;
    const tokenPlacement = form["placement"] === "query" ? "query" : "header";
    const label = `GET ${sample}, token in the ${tokenPlacement}`;
    if (tokenPlacement === "query" && noQuery !== undefined) {
      return { title: label, text: noQuery, failed: true };
    }
    return callApi(label, () => sessionOf(account, { tokenPlacement }).get<unknown>(sample));
  });

  serveButton("refresh", async (account) => {
    try {
      account.token = await sessionOf(account).refresh();
      return { title: "Refreshed", text: "The token above is the new one.", failed: false };
    } catch (error) {
      return failure("The refresh failed", error);
    }
  });

  serveButton("revoke", async (account) => {
    try {
      const { atProvider } = await sessionOf(account).revoke();
      const revoked = atProvider ? "revoked the token" : "has no way to revoke it";
      const text = `${title} ${revoked}, and the session has ended. Press the other buttons: nothing is sent any longer.`;
      return { title: "Revoked", text, failed: false };
    } catch (error) {
      return failure("The revocation failed", error);
    }
  });
}
