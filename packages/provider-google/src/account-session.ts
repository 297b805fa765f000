import {
  ConfigurationError,
  type GrantedSessionOptions,
  type OAuth2Session,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { grantedSession, isToken, ownOptions } from "@grantkit/core/requests";
import { idTokenSessionOptions } from "./id-token-session.ts";
import type { IdTokenSessionOptions } from "./service-account-options.ts";
import type { GoogleScope } from "./scopes.ts";

/** What an account's token is for. */
export interface AccountTokenOptions {
  /** What the token is for, for example `https://www.googleapis.com/auth/cloud-platform`. */
  readonly scope: readonly (GoogleScope | (string & {}))[];
}

/** What an account's session is for, and how it behaves. */
export interface AccountSessionOptions extends AccountTokenOptions, GrantedSessionOptions {}

/** Whether `session()` was given a token: of an options object, accessToken may be that of a polluted Object.prototype. */
export function isGivenToken(given: object | undefined): given is Token | TokenRecord {
  return given !== undefined && (isToken(given) || Object.hasOwn(given, "accessToken"));
}

/** Opens a session that gets access tokens of an account. */
export function openAccountSession(
  client: object,
  given: AccountSessionOptions,
  fetchToken: (scope: readonly string[]) => Promise<Token>,
): OAuth2Session {
  const { scope, ...rest } = ownOptions(given ?? ({} as AccountSessionOptions));
  const method = "session()";
  return grantedSession(
    client,
    { method, asked: { scope }, fetchToken: () => fetchToken(scope) },
    rest,
  );
}

/** Opens a session that gets ID tokens of an account. */
export function openIdTokenSession(
  client: object,
  provider: string,
  given: IdTokenSessionOptions,
  fetchToken: (targetAudience: string) => Promise<Token>,
): OAuth2Session {
  const method = "idTokenSession()";
  const options = ownOptions(given ?? ({} as IdTokenSessionOptions));
  const rest = idTokenSessionOptions(method, provider, options);
  const { targetAudience } = options;
  const asked = { targetAudience };
  return grantedSession(
    client,
    { method, asked, fetchToken: () => fetchToken(targetAudience) },
    rest,
  );
}

/** @throws ConfigurationError for a scope that is missing. */
export function checkScope(method: string, provider: string, scope: unknown): void {
  if (Array.isArray(scope) && scope.length > 0 && scope.every((each) => typeof each === "string")) {
    return;
  }
  const problem =
    "scope is missing: name at least one, for example https://www.googleapis.com/auth/drive";
  throw new ConfigurationError(method, [problem], provider);
}
