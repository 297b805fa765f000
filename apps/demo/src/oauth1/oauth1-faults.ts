import type { OAuth1Emulator, OAuth1Failure, OAuth1Switches } from "@grantkit/emulator";
import type { Fault } from "../targets/fault.ts";
import { OTHER_BROWSER } from "../targets/faults/other-browser.ts";
import { switched } from "../targets/faults/switched.ts";

const SIGN_IN: readonly string[] = ["oauth1-sign-in"];
const REQUEST_TOKENS: readonly string[] = [...SIGN_IN, "oauth1-pin"];
const TOKENS: readonly string[] = [...REQUEST_TOKENS, "oauth1-xauth", "oauth1-renewal"];
const API: readonly string[] = ["oauth1-call"];

/** What an app can do wrong, at any provider. */
export const oauth1Mistakes: readonly Fault[] = [
  {
    id: "wrong-secret",
    title: "A wrong secret",
    by: "app",
    flows: [...TOKENS, ...API, "oauth1-two-legged"],
    effect:
      "The request was signed with another client secret, or another private key, than the provider knows.",
    remedy:
      "Compare the base string that the server computed with yours: if they are the same, the secret is wrong, otherwise something changed the request on its way.",
  },
  {
    id: "clock-ahead",
    title: "A clock that is two hours ahead",
    by: "app",
    flows: [...TOKENS, ...API, "oauth1-two-legged"],
    effect: "The request's oauth_timestamp was two hours ahead (RFC 5849 §3.3).",
    remedy: "Set the clock of the machine: with NTP, for example.",
  },
  { ...OTHER_BROWSER, flows: SIGN_IN },
  {
    id: "foreign-callback",
    title: "A callback for another request token",
    by: "app",
    flows: SIGN_IN,
    effect:
      "The callback had the request token of another sign-in, as when an attacker sends somebody the callback of their own account: session fixation.",
    remedy:
      "Nothing, if it was an attack. Otherwise keep one request token for each sign-in, in the session of its user.",
    callback: ({ searchParams }) =>
      searchParams.set("oauth_token", "the-request-token-of-somebody-else"),
  },
  {
    id: "no-verifier",
    title: "A callback without a verifier",
    by: "provider",
    flows: SIGN_IN,
    effect: "The callback had no oauth_verifier, as in OAuth 1.0 before its revision A.",
    callback: ({ searchParams }) => searchParams.delete("oauth_verifier"),
  },
];

/** What the emulator can do wrong, and what an app can. */
export function oauth1Faults(emulator: OAuth1Emulator): readonly Fault[] {
  return [...oauth1Mistakes, ...switchedFaults(emulator), ...failures(emulator)];
}

type Row = readonly [title: string, effect: string];

function switchedFaults(emulator: OAuth1Emulator): readonly Fault[] {
  const fault = (
    id: string,
    [title, effect]: Row,
    flows: readonly string[],
    on: Partial<OAuth1Switches>,
    usual: Partial<OAuth1Switches>,
  ): Fault => ({ id, title, by: "provider", flows, effect, begin: switched(emulator, on, usual) });
  const reply = (value: OAuth1Switches["tokenReply"], row: Row): Fault =>
    fault(`reply-${value}`, row, TOKENS, { tokenReply: value }, { tokenReply: "form" });
  return [
    fault(
      "not-confirmed",
      [
        "A server of OAuth 1.0, before revision A",
        "The answer had no oauth_callback_confirmed=true, so that the server may have ignored the callback: the session fixation attack of 2009.",
      ],
      REQUEST_TOKENS,
      { callbackConfirmed: "absent" },
      { callbackConfirmed: true },
    ),
    reply("html", ["A web page in place of a token", "The answer was HTML, with the status 200."]),
    reply("duplicate-token", ["An answer with two tokens", "The answer had oauth_token twice."]),
    reply("without-secret", [
      "A token without its secret",
      "The answer had no oauth_token_secret.",
    ]),
    reply("huge", ["A token in 16 MiB", "The answer was followed by 16 MiB of padding."]),
  ];
}

const TOKEN_FAILURES: Partial<Record<OAuth1Failure, Row>> = {
  "token-consumer-key-refused": [
    "A provider that refuses the app",
    "The provider answered oauth_problem=consumer_key_refused.",
  ],
  "token-redirect-elsewhere": [
    "A token endpoint that redirects to another site",
    "The provider answered 307 with another origin.",
  ],
  "token-unavailable": ["A provider that is down (503)", "The provider answered 503, every time."],
};
const API_FAILURES: Partial<Record<OAuth1Failure, Row>> = {
  "api-token-rejected": [
    "An API that refuses the token",
    "The API answered oauth_problem=token_rejected.",
  ],
  "api-nonce-used": [
    "An API that saw the nonce before",
    "The API answered oauth_problem=nonce_used.",
  ],
  "api-rate-limit": ["An API that throttles (429)", "The API answered 429, every time."],
};

function failures(emulator: OAuth1Emulator): readonly Fault[] {
  const of = (rows: typeof TOKEN_FAILURES, flows: readonly string[]): readonly Fault[] =>
    Object.entries(rows).map(([name, [title, effect]]) => ({
      id: name,
      title,
      by: "provider",
      flows,
      effect,
      begin: () => emulator.failNext(name as OAuth1Failure, 50),
    }));
  return [...of(TOKEN_FAILURES, TOKENS), ...of(API_FAILURES, API)];
}
