import { OAuthError, type OAuthErrorCode, type Profile } from "@grantkit/core";
import type { Hono } from "hono";
import type { ProviderCard } from "./demo-provider.ts";
import { ErrorPage, orStartPage } from "./error-page.ts";
import { callbackOutcome } from "./exchanges/callback-exchange.ts";
import { currentFlow, type Exchange, unlogged } from "./exchanges/exchange-log.ts";
import type { OAuth1Demo } from "./oauth1-demo.ts";
import { accountPage } from "./pages/account.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import type { Piece } from "./pages/layout.ts";
import {
  addPending,
  type ProtocolState,
  takePending,
  type Visitor,
  type Visitors,
} from "./visitors.ts";

/** What the routes share. */
export interface DemoState {
  readonly oauth1: OAuth1Demo;
  readonly visitors: Visitors;
  readonly publicUrl: string;
}

/** What OAuth 2.0 and OAuth 1.0a do differently. The routes below are the same for both. */
export interface SignInSteps<SignIn, Account extends { readonly profile: Profile }> {
  readonly stateOf: (visitor: Visitor) => ProtocolState<SignIn, Account>;
  /** Starts a sign-in, whose callback will have the `key`. */
  readonly begin: (
    visitor: Visitor,
    form: Readonly<Record<string, unknown>>,
  ) => Promise<{
    readonly key: string;
    readonly url: string;
    readonly signIn: SignIn;
    /** The heading in the list of exchanges; undefined if an earlier exchange has it. */
    readonly begins?: string;
  }>;
  /** The callback parameters that can hold the key. */
  readonly keyParameters: readonly string[];
  /** The callback parameter that means success. */
  readonly successParameter: string;
  /** Whether the SDK checks a callback with an unknown key too, against the sign-in that was started last. */
  readonly checksUnknownKeys: boolean;
  /** The error code of a callback that this browser has no sign-in for. */
  readonly mismatch: OAuthErrorCode;
  /** Checks the callback, and gets the token and the profile. */
  readonly finish: (callback: URL, signIn: SignIn) => Promise<Account>;
  /** The fragment of the account page's URL after a sign-in. */
  readonly fragment: string;
  /** The panels of the account's page below the profile. */
  readonly tokenPanels: (account: Account) => Piece;
}

/** Serves the sign-in by redirect, the account's page and the sign-out of a provider. */
export function serveSignIn<SignIn, Account extends { readonly profile: Profile }>(
  app: Hono,
  { visitors, publicUrl }: DemoState,
  provider: ProviderCard,
  steps: SignInSteps<SignIn, Account>,
): void {
  const { name } = provider;
  const { stateOf } = steps;

  app.post(`/sign-in/${name}`, async (c) => {
    const form = await c.req.parseBody();
    const visitor = visitors.findOrCreate(c);
    const { key, url, signIn, begins } = await steps.begin(visitor, form);
    addPending(stateOf(visitor).pending, key, signIn);
    visitor.log.add({
      provider,
      begins,
      between: "browser → provider",
      method: "GET",
      url,
    });
    return c.redirect(url, 303);
  });

  app.get(`/callback/${name}`, async (c) => {
    const unknown = new OAuthError(steps.mismatch, "This browser has no such sign-in.");
    const visitor = visitors.find(c);
    if (!visitor) throw unknown;
    const callback = new URL(c.req.url);
    const query = callback.searchParams;
    const parameter = steps.keyParameters.find((each) => query.has(each)) ?? "";
    const key = query.get(parameter) ?? "";
    const { pending, accounts } = stateOf(visitor);
    const newest = steps.checksUnknownKeys ? [...pending.values()].at(-1) : undefined;
    const wasUsed = visitor.used.has(key);
    const expected = takePending(visitor, pending, key);
    const exchange: Exchange = {
      provider,
      between: "browser → demo",
      method: "GET",
      url: `${publicUrl}${callback.pathname}${callback.search}`,
      ...callbackOutcome(query, steps.successParameter),
    };
    if (expected) {
      visitor.log.add(exchange);
      visitors.setNewId(c, visitor);
    } else {
      unlogged.set(c, exchange);
    }
    if (wasUsed) {
      throw new ErrorPage(400, {
        title: "This callback was already used",
        text: "Each callback can be used once. Perhaps you came back through the browser's history. The start page shows whether you are signed in.",
        code: "CALLBACK_REPLAYED",
      });
    }
    const signIn = expected ?? newest;
    if (!signIn) throw unknown;
    return currentFlow.run({ log: visitor.log, provider }, async () => {
      accounts.set(name, await steps.finish(callback, signIn));
      return c.redirect(`/account/${name}${steps.fragment}`, 303);
    });
  });

  app.get(`/account/${name}`, (c) => {
    const visitor = orStartPage(visitors.find(c));
    const account = orStartPage(stateOf(visitor).accounts.get(name));
    const exchanges = exchangesPanel(visitor.log, { provider: name, page: "account" });
    const panels = steps.tokenPanels(account);
    return c.html(accountPage(provider, account.profile, panels, exchanges));
  });

  app.post(`/account/${name}/sign-out`, (c) => {
    const visitor = visitors.find(c);
    if (visitor) {
      stateOf(visitor).accounts.delete(name);
      visitor.log.clear(name);
      visitors.setNewId(c, visitor);
    }
    // Otherwise the browser's Back button shows the account's page again, from its memory.
    c.header("Clear-Site-Data", '"cache"');
    return c.redirect("/", 303);
  });
}
