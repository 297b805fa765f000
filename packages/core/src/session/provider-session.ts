import type { Clock } from "../clock.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { type OptionRules, ruleProblems } from "../options/option-rules.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";
import { InMemoryTokenSource } from "../refresh/token-source.ts";
import type { Token } from "../tokens/token.ts";
import { type ApiCall, type ApiCallAnswer, callApi } from "./api-call.ts";
import {
  entriesOf,
  type GrantedSessionOptions,
  refusedOptionProblems,
  sharedSource,
} from "./granted-session.ts";
import { createSession, type OAuth2Session } from "./session.ts";
import type { SessionContext } from "./session-context.ts";
import { checkedSessionOptions } from "./session-options.ts";
import { SessionToken } from "./session-token.ts";

/** How a provider's own session gets its tokens. */
export interface SessionGrant<Asked extends object = object> {
  /** The provider client's method that opens the session, for errors: `"installationSession()"`. */
  readonly method: string;
  /**
   * The rules of the options that say what is asked for; all others are options of a session.
   *
   * @defaultValue none
   */
  readonly rules?: OptionRules<Asked>;
  /**
   * What is asked for beside these options, as plain JSON. Sessions of one client with the same method that ask for the same
   * share their token.
   *
   * @defaultValue nothing
   */
  readonly asked?: object;
  /** Gets the next token for the options that have rules; called once for all requests that wait for it. */
  readonly fetchToken: (options: Asked) => Promise<Token>;
  /**
   * Seconds that a new token may need to become known to all of the provider's servers: until then, a refused request is sent
   * again with the same token.
   *
   * @defaultValue `0`
   */
  readonly settlingSeconds?: number;
}

const contexts = new WeakMap<object, () => SessionContext>();

/** Lets the packages of providers open sessions of their own at a client. */
export function shareSessions(client: object, context: () => SessionContext): void {
  contexts.set(client, context);
}

/**
 * Gives the clock of a client, for the calls that only one provider has.
 *
 * @throws ConfigurationError for what is no `OAuth2Client`.
 */
export function clockOf(client: object): Clock {
  return contextFor(client, "clockOf()").client.clock;
}

/**
 * Gives the seconds by which a client's clock and the provider's may differ, for the calls that only one provider has.
 *
 * @throws ConfigurationError for what is no `OAuth2Client`.
 */
export function clockToleranceOf(client: object): number {
  return contextFor(client, "clockToleranceOf()").client.clockTolerance;
}

/**
 * Gives the client ID of a client, for the calls that only one provider has.
 *
 * @throws ConfigurationError for what is no `OAuth2Client`.
 */
export function clientIdOf(client: object): string {
  return contextFor(client, "clientIdOf()").client.clientId;
}

/**
 * Verifies an access token that an API received, and whose audience is the client's ID, for providers whose access tokens are
 * JWTs. What tells one from an ID token of the same client is left to the caller.
 *
 * @throws OAuthError: `TOKEN_INVALID` whose `details.claim` names what failed, `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`,
 * `CLOCK_SKEW`; ConfigurationError for what is no `OAuth2Client`.
 */
export function accessTokenClaimsOf(
  client: object,
  jwt: string,
): Promise<Readonly<Record<string, unknown>>> {
  return contextFor(client, "verifyAccessToken()").client.idTokens.verifyAccess(jwt);
}

/**
 * Opens a session that gets its tokens in a provider's own way, the first one with its first request: for the calls that only
 * one provider has. It shares tokens and refreshes as the client's other sessions do.
 *
 * @param client - The `OAuth2Client`.
 * @param grant - How it gets its tokens.
 * @param options - What the caller chose.
 * @throws ConfigurationError that lists the problems of the options.
 */
export function grantedSession<Asked extends object = object>(
  client: object,
  grant: SessionGrant<Asked>,
  options: Asked & GrantedSessionOptions = {} as Asked & GrantedSessionOptions,
): OAuth2Session {
  const context = contextFor(client, "grantedSession()");
  const { method, rules = {}, asked, fetchToken, settlingSeconds } = ownFields(grant);
  // JavaScript callers may pass nothing; the error then says what is missing.
  const given = ownOptions(options ?? {});
  const { ruled, further } = dividedByRules(given, rules);
  const { provider } = context.client;
  const problems = [...ruleProblems(given, rules), ...refusedOptionProblems(further)];
  throwProblems(method, problems, provider.name);
  const checked = checkedSessionOptions(method, provider, further);
  const renew = (): Promise<Token> => fetchToken(ruled as Asked);
  const source = sharedSource(context, method, ownFields({ ...asked, ...ruled }), renew);
  return createSession(context, source, ownFields({ ...checked, renew, settlingSeconds }));
}

/**
 * Gives the token that the sessions of a grant share, fetched or replaced if that is due, for use elsewhere.
 *
 * @throws OAuthError: what the grant's `fetchToken` throws.
 */
export async function sharedGrantToken(
  client: object,
  grant: Omit<SessionGrant, "rules">,
): Promise<Token> {
  const context = contextFor(client, "sharedGrantToken()");
  const { provider, clock } = context.client;
  const { method, asked, fetchToken } = ownFields(grant);
  const renew = (): Promise<Token> => fetchToken({});
  const source = sharedSource(context, method, ownFields({ ...asked }), renew);
  const options = ownFields({ renew });
  return new SessionToken(provider, context.registry, clock, source, options).usable(undefined);
}

/**
 * Sends a request without a token, to a server beside the provider, for example the metadata server of the machine.
 *
 * @param client - The `OAuth2Client` whose options say how requests are sent.
 * @throws OAuthError as {@link callApi} does.
 */
export async function callWithoutToken(
  client: object,
  call: Omit<ApiCall, "authorization" | "withholdToken">,
): Promise<ApiCallAnswer> {
  const context = contextFor(client, "callWithoutToken()");
  const none = new InMemoryTokenSource(context.registry, undefined);
  const session = createSession(context, none, ownFields({}));
  return callApi(session, { ...call, withholdToken: true });
}

/** Divides options into those that have rules, in the order of the rules, and all others. */
function dividedByRules(
  options: object,
  rules: OptionRules,
): { readonly ruled: object; readonly further: object } {
  const given = new Map(entriesOf(options));
  const names = Object.keys(rules).filter((name) => given.has(name));
  const ruled = ownFields(Object.fromEntries(names.map((name) => [name, given.get(name)])));
  for (const name of names) given.delete(name);
  return { ruled, further: Object.fromEntries(given) };
}

function contextFor(client: object, what: string): SessionContext {
  const context = contexts.get(client)?.();
  if (context) return context;
  throw new ConfigurationError(what, ["the first argument is not a client"]);
}
