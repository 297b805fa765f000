import type { AxiosInstance, AxiosRequestConfig } from "axios";
import {
  type ClientAuthentication,
  clientAuthenticationProblems,
  needsSecret,
} from "./client-authentication.ts";
import type { Clock } from "./clock.ts";
import type { DpopOption } from "./dpop/dpop-prover.ts";
import type { Hooks } from "./hooks.ts";
import { isSecureUrl } from "./http/loopback.ts";
import { hookProblems, tokenPlacementProblems, unknownFields } from "./provider-problems.ts";
import type { TokenPlacement } from "./http/token-placement.ts";
import { retriesProblems } from "./session/retry-budget.ts";
import type { ScopeChange } from "./tokens/scopes.ts";
import type { Token } from "./tokens/token.ts";

/** What every client is made of, whatever its provider. */
export interface OAuth2ClientOptions {
  /** The client ID that the provider gave your app. */
  readonly clientId: string;
  /** The client secret that the provider gave your app; none for a public client. */
  readonly clientSecret?: string;
  /** Where the provider sends users back, exactly as registered with it; a client without browsers needs none. */
  readonly redirectUri?: string;
  /**
   * How the client proves who it is at the token endpoint.
   *
   * @defaultValue the provider's choice; `"none"` without a client secret
   */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * Where access tokens go.
   *
   * @defaultValue the provider's choice
   */
  readonly tokenPlacement?: TokenPlacement;
  /**
   * Defaults for axios (proxy, agents, CA, headers, adapter), read once for one object, or an instance of yours. Its
   * interceptors see requests to the API before the token is placed.
   */
  readonly http?: AxiosRequestConfig | AxiosInstance;
  /**
   * The `fetch` under `session.fetch`.
   *
   * @defaultValue the platform's
   */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Milliseconds for one whole exchange, connecting and body included.
   *
   * @defaultValue 10,000 for the provider's OAuth endpoints, 30,000 for its API
   */
  readonly timeout?: number;
  /**
   * How often a session repeats a request to the API that failed in a way that may pass: `GET`, `HEAD`, `PUT`, `DELETE` and
   * `OPTIONS` alone, after 429, 502, 503, 504 or a connection that was reset, as `Retry-After` says or after a
   * random pause. `false` for never.
   *
   * @defaultValue `2`
   */
  readonly retries?: number | false;
  /**
   * Called when a grant gave another scope than was asked for, or a refresh another one than before; the token is used
   * all the same. What it throws goes to the caller in the token's place, and of a refresh to nobody (an uncaught error).
   */
  readonly onScopeChange?: (change: ScopeChange, token: Token) => void;
  /**
   * Whether a grant that gives another scope than was asked for fails with `ScopeChangedError`, which has the token.
   *
   * @defaultValue `false`: it is reported by `token.scopeChange` and `onScopeChange`
   */
  readonly strictScope?: boolean;
  /**
   * Binds tokens to a key (DPoP, RFC 9449), which proves each request: off unless asked for.
   *
   * @defaultValue none
   */
  readonly dpop?: DpopOption;
  /** Hooks of this client; they run after the provider's. */
  readonly hooks?: Hooks;
  /** Time, for tests. */
  readonly clock?: Clock;
  /** Chance, from 0 to less than 1, for tests: it spreads refreshes and retries in time. Secrets do not come from it. */
  readonly random?: () => number;
}

const OPTIONS = new Set([
  "clientId",
  "clientSecret",
  "redirectUri",
  "clientAuthentication",
  "tokenPlacement",
  "http",
  "fetch",
  "timeout",
  "onScopeChange",
  "strictScope",
  "dpop",
  "hooks",
  "clock",
  "random",
  "retries",
]);

const OF_A_GRANT =
  "it belongs to each grant, authorizationRequest({ scope }) for example, or is the provider's defaultScope";
const OF_A_SESSION = "it belongs to a session: the client's session(token, { … })";
const OF_THE_PROVIDER = "it belongs to the provider: defineProvider({ … })";
const MADE_INSIDE = "leave it out: authorizationRequest() makes it, and fetchToken() checks it";

/** What to say of names that others give a client. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  scope: OF_A_GRANT,
  scopes: OF_A_GRANT,
  token: "pass it to the client's session(token)",
  accesstoken: "pass it to the client's session({ accessToken })",
  endpoints: "it belongs to the provider: defineProvider(definition, endpoints)",
  baseurl: "it belongs to the provider: defineProvider({ api: { baseUrl }, … })",
  authorizationurl: OF_THE_PROVIDER,
  authorizeurl: OF_THE_PROVIDER,
  tokenurl: OF_THE_PROVIDER,
  issuer: OF_THE_PROVIDER,
  ontokenupdate: OF_A_SESSION,
  ontokenrefresh: OF_A_SESSION,
  allowedorigins: OF_A_SESSION,
  pkce: MADE_INSIDE,
  state: MADE_INSIDE,
  nonce: MADE_INSIDE,
};

/** What is wrong with a client's options, one sentence a problem; no value is quoted. */
export function clientOptionProblems(options: unknown): string[] {
  if (typeof options !== "object" || options === null) return ["options must be an object"];
  const source = options as Record<string, unknown>;
  const problems = unknownFields(source, OPTIONS, "", ELSEWHERE);
  problems.push(...credentialProblems(source));
  if ("redirectUri" in source) problems.push(...redirectUriProblems(source["redirectUri"]));
  problems.push(...clientAuthenticationProblems(source["clientAuthentication"]));
  problems.push(...tokenPlacementProblems(source["tokenPlacement"]));
  problems.push(...hookProblems(source["hooks"]));
  problems.push(...retriesProblems(source["retries"]));
  problems.push(...environmentProblems(source));
  return problems;
}

/** What each of the remaining options must be, and how that is said. */
const ENVIRONMENT: readonly [string, (value: unknown) => boolean, string][] = [
  [
    "timeout",
    (value) => typeof value === "number" && value > 0 && value < 2 ** 31,
    "timeout must be a number of milliseconds above 0",
  ],
  [
    "http",
    (value) => (typeof value === "object" && value !== null) || typeof value === "function",
    "http must be axios request defaults or an axios instance",
  ],
  ["onScopeChange", (value) => typeof value === "function", "onScopeChange must be a function"],
  ["strictScope", (value) => typeof value === "boolean", "strictScope must be true or false"],
  ["dpop", isDpopOption, "dpop must be true, { key } or { privateKey, publicKey }"],
  ["fetch", (value) => typeof value === "function", "fetch must be a function"],
  ["random", (value) => typeof value === "function", "random must be a function"],
  [
    "clock",
    (value) => typeof (value as Clock | null)?.now === "function",
    "clock must have now() and after()",
  ],
];

function isDpopOption(value: unknown): boolean {
  const { key, privateKey, publicKey } = (value ?? {}) as Record<string, unknown>;
  return value === true || Boolean(key) || (Boolean(privateKey) && Boolean(publicKey));
}

/** What is wrong with those options that say how requests are sent. */
export function environmentProblems(source: Readonly<Record<string, unknown>>): string[] {
  return ENVIRONMENT.flatMap(([name, fits, sentence]) =>
    source[name] === undefined || fits(source[name]) ? [] : [sentence],
  );
}

/** What is wrong with a redirect URI. */
export function redirectUriProblems(value: unknown): string[] {
  if (value === undefined || value === "") {
    return [
      "redirectUri is missing: pass the callback URL that is registered with the provider (is the environment variable set?)",
    ];
  }
  if (typeof value !== "string" || !URL.canParse(value)) {
    return ["redirectUri must be an absolute URL, for example https://app.example.com/callback"];
  }
  if (/\s/.test(value)) return ["redirectUri must have no white space in or around it"];
  // "localhost:3000/callback" is a URL of the scheme "localhost:".
  if (/^[\w.-]+:\d/.test(value)) {
    const meant = /^(?:localhost|127\.0\.0\.1):\d+(?![^/])/.test(value);
    return [
      `redirectUri has no scheme: ${meant ? `did you mean http://${value}?` : "put https:// before the host"}`,
    ];
  }
  const url = new URL(value);
  if (url.protocol === "http:" && !isSecureUrl(url)) {
    return ["redirectUri must use https (http is allowed for this machine only)"];
  }
  return value.includes("#") ? ["redirectUri must have no fragment (RFC 6749 §3.1.2)"] : [];
}

function credentialProblems(source: Record<string, unknown>): string[] {
  const { clientId, clientSecret, clientAuthentication } = source;
  const problems: string[] = [];
  if (clientId === undefined || clientId === "") {
    problems.push(
      "clientId is missing: pass the client ID that the provider shows for your app (is the environment variable set?)",
    );
  } else if (!isCredential(clientId)) {
    problems.push("clientId must be a string without white space around it");
  }
  if (clientSecret === "") {
    problems.push(
      "clientSecret is empty: leave it out for a public client (is the environment variable set?)",
    );
  } else if (clientSecret === undefined && "clientSecret" in source) {
    problems.push(
      "clientSecret is undefined: leave it out for a public client (is the environment variable set?)",
    );
  } else if (clientSecret !== undefined && !isCredential(clientSecret)) {
    problems.push("clientSecret must be a string without white space around it");
  }
  if (needsSecret(clientAuthentication) && clientSecret === undefined) {
    const name = typeof clientAuthentication === "string" ? `"${clientAuthentication}"` : "chosen";
    problems.push(`clientSecret is missing: clientAuthentication ${name} needs it`);
  }
  return problems;
}

function isCredential(value: unknown): boolean {
  return typeof value === "string" && value.trim() === value;
}
