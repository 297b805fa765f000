import { identityOf } from "../identity-of.ts";
import { GRANT_RULES, type GrantOptions, grantParameters } from "../grants/grant-parameters.ts";
import type { AssertionToSign } from "../grants/jwt-bearer.ts";
import { anything } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Renew } from "../refresh/flight-key.ts";
import { InMemoryTokenSource } from "../refresh/token-source.ts";
import type { Token } from "../tokens/token.ts";
import { createSession, type OAuth2Session } from "./session.ts";
import type { SessionContext } from "./session-context.ts";
import { checkedSessionOptions, SESSION_RULES, type SessionOptions } from "./session-options.ts";

/** Options of a session that gets its own tokens: it has none to save, and no user to ask for the next one. */
export type GrantedSessionOptions = Omit<
  SessionOptions,
  "onTokenUpdate" | "refresh" | "renew" | "repeatGrant"
>;

/** What `clientCredentialsSession()` asks for, and how its session behaves. */
export interface ClientCredentialsSessionOptions
  extends Omit<GrantOptions, "signal">, GrantedSessionOptions {}

/** What `jwtBearerSession()` signs and asks for, and how its session behaves. */
export interface JwtBearerSessionOptions
  extends Omit<GrantOptions, "signal">, Omit<AssertionToSign, "assertion">, GrantedSessionOptions {}

/** A grant that a session repeats by itself whenever it needs a token. */
interface RepeatedGrant<Grant> {
  /** The client's method that opens the session. */
  readonly method: string;
  /** The names of the grant's own options. */
  readonly names?: readonly string[];
  readonly fetchToken: (grant: Grant) => Promise<Token>;
}

const REFUSED: readonly string[] = ["onTokenUpdate", "refresh", "renew", "repeatGrant"];
const OF_SESSION = new Set(Object.keys(SESSION_RULES).filter((name) => !REFUSED.includes(name)));

/**
 * Opens a session that gets its own tokens, the first one with its first request. All sessions of a client that ask for
 * the same share one token.
 *
 * @throws ConfigurationError that lists the problems of the options.
 */
export function openGrantedSession<Grant extends GrantOptions>(
  context: SessionContext,
  repeated: RepeatedGrant<Grant>,
  options: Grant & GrantedSessionOptions,
): OAuth2Session {
  const { method, names = [], fetchToken } = ownFields(repeated);
  const entries = entriesOf(options);
  const grant = ownFields(
    Object.fromEntries(entries.filter(([name]) => !OF_SESSION.has(name))),
  ) as unknown as Grant;
  const rest = Object.fromEntries(entries.filter(([name]) => OF_SESSION.has(name)));
  const own = Object.fromEntries(names.map((name) => [name, anything]));
  grantParameters(context.client, method, grant, { ...GRANT_RULES, ...own });
  const checked = checkedSessionOptions(method, context.client.provider, rest);
  const renew = (): Promise<Token> => fetchToken(grant);
  const source = sharedSource(context, method, grant, renew);
  return createSession(context, source, ownFields({ ...checked, renew }));
}

/** Lists the options of a session that gets its own tokens; a list is copied, because its owner may change it later. */
export function entriesOf(options: object): [name: string, value: unknown][] {
  return Object.entries(options as Readonly<Record<string, unknown>>).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...(value as readonly unknown[])] : value,
  ]);
}

/** Lists the options that a session which gets its own tokens does not take. */
export function refusedOptionProblems(options: object): string[] {
  return REFUSED.filter((name) => Object.hasOwn(options, name)).map(
    (name) => `${name} is not an option of this session: it gets its own tokens`,
  );
}

/** The token of all sessions that ask for the same with the same key; another one after it was revoked. */
export function sharedSource(
  { granted, registry }: SessionContext,
  method: string,
  { key, ...asked }: { readonly key?: unknown; readonly scope?: unknown },
  renew: Renew,
): InMemoryTokenSource {
  // What a private key that is an object holds cannot be read.
  const signer = typeof key === "object" && key !== null ? identityOf(key) : key;
  const name = JSON.stringify([method, asked, signer]);
  if (granted.peek(name)?.ended) granted.delete(name);
  return granted.use(name, () => new InMemoryTokenSource(registry, renew));
}
