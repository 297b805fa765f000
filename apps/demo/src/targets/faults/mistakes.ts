import { systemClock } from "@grantkit/core";
import type { Fault } from "../fault.ts";
import type { Target } from "../target.ts";
import { CALLBACK_FAULTS } from "./callback-faults.ts";
import { OTHER_BROWSER } from "./other-browser.ts";
import { API_CALLS, REFRESH, SIGN_IN, TOKEN_REQUESTS } from "./shown-in.ts";

/** What an app can do wrong, at any provider. */
const MISTAKES: readonly Fault[] = [
  {
    id: "wrong-secret",
    title: "A wrong client secret",
    by: "app",
    flows: TOKEN_REQUESTS,
    effect: "The client had another secret than the provider.",
    remedy:
      "Copy the client secret from the provider's console again: the option clientSecret, or the field Client secret.",
    options: () => ({ clientSecret: "not-the-secret-of-this-client" }),
  },
  {
    id: "wrong-redirect-uri",
    title: "A redirect URI that is not registered",
    by: "app",
    flows: SIGN_IN,
    effect: "The client had a redirect URI that the provider does not know.",
    remedy:
      "Register the redirect URI at the provider, letter by letter: scheme, port and slashes count. Or correct the option redirectUri, or the field Redirect URI.",
    options: ({ redirectUri }) => ({ redirectUri: `${redirectUri}/not-registered` }),
  },
  {
    id: "unknown-client",
    title: "A client ID that the provider does not know",
    by: "app",
    flows: SIGN_IN,
    effect: "The client ID was not one of this provider.",
    remedy:
      "Copy the client ID from the provider's console again: the option clientId, or the field Client ID.",
    options: () => ({ clientId: "unknown-client" }),
  },
  {
    id: "unknown-scope",
    title: "A scope that does not exist",
    by: "app",
    flows: SIGN_IN,
    effect: "The authorization request also asked for the scope no-such-scope.",
    remedy: "The switch added it. In your app, remove it from scope.",
    stranded:
      "Providers differ: some show this error on their own page, some send the browser back with invalid_scope, and some leave the scope out without a word.",
    departure: ({ searchParams }) =>
      searchParams.set("scope", `${searchParams.get("scope") ?? ""} no-such-scope`.trim()),
  },
  {
    id: "wrong-verifier",
    title: "A code verifier of another sign-in",
    by: "app",
    flows: SIGN_IN,
    effect:
      "The code challenge that the browser carried was not made of the code verifier that the client sent: as if the app kept one request for all users (RFC 7636 §4.6).",
    remedy:
      "Store each authorization request in the session of its user, and pass that one to fetchToken.",
    departure: ({ searchParams }) =>
      searchParams.set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
  },
  {
    id: "replayed-callback",
    title: "A callback that is handled twice",
    by: "app",
    flows: SIGN_IN,
    twice: true,
    effect:
      "The app passed the same callback to fetchToken twice, as when a user reloads the page. The second time counts here.",
    remedy:
      "Delete the authorization request from the session before you call fetchToken, so that a second callback finds none.",
  },
  { ...OTHER_BROWSER, flows: SIGN_IN },
  {
    id: "late-callback",
    title: "A callback that comes after eleven minutes",
    by: "app",
    flows: SIGN_IN,
    effect: "By the client's clock, the user needed eleven minutes at the provider.",
    remedy:
      "Start the sign-in again. No more than ten minutes may pass, and the page should say so.",
    options: ({ clock = systemClock }, run) => ({
      clock: {
        now: () => clock.now() + (run.cameBack ? 11 * 60_000 : 0),
        after: (...timer) => clock.after(...timer),
      },
    }),
  },
  {
    id: "reused-refresh-token",
    title: "A refresh token used twice",
    by: "app",
    flows: REFRESH,
    twice: true,
    effect:
      "The same refresh token was sent twice, as two processes without a common store would. The second time counts here.",
    remedy: "Share one token store between processes: it lets one refresh, and others wait.",
  },
  {
    id: "token-in-body",
    title: "A token in the body of a GET",
    by: "app",
    flows: API_CALLS,
    effect: "The client placed the token in the body, which a GET does not have (RFC 6750 §2.2).",
    remedy: "Choose another place in the field Token in the.",
    options: () => ({ tokenPlacement: "body" }),
  },
];

const WRONG_CLOCKS: readonly Fault[] = [
  {
    id: "clock-ahead",
    title: "A clock that is two hours ahead",
    by: "app",
    flows: SIGN_IN,
    effect: "The client's clock was two hours ahead.",
    remedy: "Set the clock of the machine: with NTP, for example.",
    options: clockOffBy(2 * 60 * 60_000),
  },
  {
    id: "clock-behind",
    title: "A clock that is ten minutes behind",
    by: "app",
    flows: SIGN_IN,
    effect:
      "The client's clock was ten minutes behind, so that new tokens seem to come from the future.",
    remedy: "Set the clock of the machine: with NTP, for example.",
    options: clockOffBy(-10 * 60_000),
  },
];

/** What can go wrong at any target: bad callbacks, and the app's own mistakes. */
export function commonFaults({ defaultScopes }: Pick<Target, "defaultScopes">): readonly Fault[] {
  // Without an ID token, a sign-in does not depend on the clock.
  const clocks = defaultScopes.includes("openid") ? WRONG_CLOCKS : [];
  return [...CALLBACK_FAULTS, ...MISTAKES, ...clocks];
}

function clockOffBy(milliseconds: number): NonNullable<Fault["options"]> {
  return ({ clock = systemClock }) => ({
    clock: {
      now: () => clock.now() + milliseconds,
      after: (...timer) => clock.after(...timer),
    },
  });
}
