import {
  ConfigurationError,
  type GrantedSessionOptions,
  OAuthError,
  type OAuth2Session,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import {
  grantedSession,
  isFilledText,
  isSecureUrl,
  isToken,
  ownOptions,
  readUnixTime,
  unverifiedClaims,
} from "@grantkit/core/requests";
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
export function isGivenToken(given: object | null | undefined): given is Token | TokenRecord {
  return (
    given !== undefined && given !== null && (isToken(given) || Object.hasOwn(given, "accessToken"))
  );
}

/** Opens a session that gets access tokens of an account. */
export function openAccountSession(
  client: object,
  given: AccountSessionOptions,
  fetchScope: (scope: readonly string[]) => Promise<Token>,
): OAuth2Session {
  const { scope, ...rest } = ownOptions(given);
  const fetchToken = (): Promise<Token> => fetchScope(scope);
  return grantedSession(client, { method: "session()", asked: { scope }, fetchToken }, rest);
}

/** Opens a session that gets ID tokens of an account. */
export function openIdTokenSession(
  client: object,
  given: IdTokenSessionOptions,
  fetchIdToken: (options: { readonly targetAudience: string }) => Promise<Token>,
): OAuth2Session {
  const method = "idTokenSession()";
  const options = ownOptions(given ?? ({} as IdTokenSessionOptions));
  const rest = idTokenSessionOptions(method, options);
  const { targetAudience } = options;
  const fetchToken = (): Promise<Token> => fetchIdToken({ targetAudience });
  return grantedSession(client, { method, asked: { targetAudience }, fetchToken }, rest);
}

/**
 * Gives the options of a session whose token is an ID token: it goes to the audience, where that is a URL.
 *
 * @throws ConfigurationError for an audience that is none, and for one that is no URL without `allowedOrigins`.
 */
export function idTokenSessionOptions(
  method: string,
  { targetAudience, ...options }: IdTokenSessionOptions,
): GrantedSessionOptions {
  checkAudience(method, targetAudience);
  if (options.allowedOrigins !== undefined) return options;
  if (URL.canParse(targetAudience) && isSecureUrl(new URL(targetAudience))) {
    return { ...options, allowedOrigins: [new URL(targetAudience).origin] };
  }
  const problem =
    "allowedOrigins is missing: targetAudience is no https URL, so name the origin of the service that the ID token is for";
  throw new ConfigurationError(method, [problem], "google");
}

/** Whether a value lists at least one scope. */
export function isScope(scope: unknown): scope is readonly string[] {
  return Array.isArray(scope) && scope.length > 0 && scope.every(isFilledText);
}

/** @throws ConfigurationError for a scope that is missing. */
export function checkScope(method: string, scope: unknown): void {
  if (isScope(scope)) return;
  const problem =
    "scope is missing: name at least one, for example https://www.googleapis.com/auth/drive";
  throw new ConfigurationError(method, [problem], "google");
}

/** @throws ConfigurationError for an audience that is none. */
export function checkAudience(method: string, audience: unknown): void {
  if (isFilledText(audience)) return;
  const problem =
    "targetAudience is missing: pass the URL of the Cloud Run service, or the client ID of the Identity-Aware Proxy";
  throw new ConfigurationError(method, [problem], "google");
}

/**
 * Makes a token of an ID token that another service verifies.
 *
 * @throws OAuthError with code `TOKEN_RESPONSE_INVALID` for what is no JWT with an end.
 */
export function tokenOfIdToken(idToken: string): Token {
  const accessToken = idToken.trim();
  const expiresAt = expiryOf(accessToken);
  if (expiresAt) return Token.from({ accessToken, expiresAt });
  const message = "The response of google cannot be used: it has no ID token with exp.";
  const details = { field: "id_token" };
  throw new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider: "google", details });
}

/**
 * Reads when a JWT expires. Its signature is not verified: it comes from Google itself, over TLS, and is for another server to
 * verify.
 */
export function expiryOf(jwt: string): Date | undefined {
  return readUnixTime(unverifiedClaims(jwt)?.["exp"]);
}
