import { redirectUriProblems } from "./authorization/redirect-uri.ts";
import { clientAuthenticationProblems, needsSecret } from "./oidc/client-authentication.ts";
import type { OAuth2ClientOptions } from "./client-options.ts";
import type { Clock } from "./clock.ts";
import { ConfigurationError } from "./errors/configuration-error.ts";
import { isProvider, type Provider } from "./provider.ts";
import { hookProblems, tokenPlacementProblems } from "./provider-problems.ts";
import { unknownFields } from "./options/unknown-fields.ts";
import { retriesProblems } from "./requests/retry-budget.ts";

/**
 * The provider of a new client, once it and the options are known to be right.
 *
 * @throws ConfigurationError that lists the problems of both.
 */
export function checkedProvider<Scope extends string, AuthorizationOptions extends object>(
  provider: Provider<Scope, AuthorizationOptions> | (() => Provider<Scope, AuthorizationOptions>),
  options: OAuth2ClientOptions,
): Provider<Scope, AuthorizationOptions> {
  const problems: string[] = [];
  let defined: Provider<Scope, AuthorizationOptions> | undefined;
  try {
    defined = typeof provider === "function" ? provider() : provider;
    if (!isProvider(defined)) problems.push("provider must come from defineProvider({ … })");
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  problems.push(...clientOptionProblems(options));
  if (problems.length > 0 || !defined) {
    throw new ConfigurationError("The client", problems, defined?.name);
  }
  return defined;
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
