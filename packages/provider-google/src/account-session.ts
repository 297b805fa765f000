import {
  type GrantedSessionOptions,
  OAuthError,
  type OAuth2Session,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import {
  clockOf,
  grantedSession,
  isFilledText,
  isObject,
  isSecureUrl,
  isToken,
  mustBeScope,
  mustBeSignal,
  type OptionRule,
  type OptionRules,
  ownOptions,
  readUnixTime,
  unverifiedClaims,
} from "@grantkit/core/requests";
import type { IdTokenOptions, IdTokenSessionOptions } from "./service-account-options.ts";
import type { GoogleScope } from "./scopes.ts";

/** What an account's token is for. */
export interface AccountTokenOptions {
  /** What the token is for, for example `https://www.googleapis.com/auth/cloud-platform`. */
  readonly scope: readonly (GoogleScope | (string & {}))[];
}

/** What an account's session is for, and how it behaves. */
export interface AccountSessionOptions extends AccountTokenOptions, GrantedSessionOptions {}

/** Takes at least one scope: there is no default. */
export const mustNameScope: OptionRule = (value, name, options) =>
  namesNoScope(value) ? [NO_SCOPE] : mustBeScope(value, name, options);

/** Whether a scope is left out, or empty. */
export function namesNoScope(scope: unknown): boolean {
  return scope === undefined || (Array.isArray(scope) && scope.length === 0);
}

/** The rules of what an account's access token is for. */
export const SCOPE_RULES: OptionRules<AccountTokenOptions> = { scope: mustNameScope };

const mustNameAudience: OptionRule = (value) => (isFilledText(value) ? [] : [NO_AUDIENCE]);

/** The rules of what an account's ID token is for. */
export const ID_TOKEN_RULES: OptionRules<IdTokenOptions> = {
  targetAudience: mustNameAudience,
  signal: mustBeSignal,
};

type Audience = Pick<IdTokenOptions, "targetAudience">;

const ID_TOKEN_SESSION_RULES: OptionRules<Audience> = {
  targetAudience: (value, name, options) =>
    isFilledText(value) && options["allowedOrigins"] === undefined
      ? [NO_ORIGIN]
      : mustNameAudience(value, name, options),
};

/** The options of every client that an account does not take: it has no app's credentials. */
export const LACKED = ["clientId", "clientSecret", "clientAuthentication", "redirectUri"] as const;

const NO_SCOPE =
  "scope is missing: name at least one, for example https://www.googleapis.com/auth/drive";
const NO_AUDIENCE =
  "targetAudience is missing: pass the URL of the Cloud Run service, or the client ID of the Identity-Aware Proxy";
const NO_ORIGIN =
  "allowedOrigins is missing: targetAudience is no https URL, so name the origin of the service that the ID token is for";

/** Whether `session()` was given a token: of an options object, accessToken may be that of a polluted Object.prototype. */
export function isGivenToken(given: unknown): given is Token | TokenRecord {
  return isToken(given) || (isObject(given) && Object.hasOwn(given, "accessToken"));
}

/** Opens a session that gets ID tokens of an account. They go to the audience, where that is a URL. */
export function openIdTokenSession(
  client: object,
  given: IdTokenSessionOptions,
  fetchToken: (audience: Audience) => Promise<Token>,
): OAuth2Session {
  const options = ownOptions(given ?? ({} as IdTokenSessionOptions));
  const allowedOrigins = options.allowedOrigins ?? originsOf(options.targetAudience);
  return grantedSession<Audience>(
    client,
    { method: "idTokenSession()", rules: ID_TOKEN_SESSION_RULES, fetchToken },
    { ...options, ...(allowedOrigins && { allowedOrigins }) },
  );
}

function originsOf(audience: string): readonly string[] | undefined {
  const isUrl = URL.canParse(audience) && isSecureUrl(new URL(audience));
  return isUrl ? [new URL(audience).origin] : undefined;
}

/**
 * Makes a token of an ID token that another service verifies. Its signature is not verified: it comes from Google itself, over
 * TLS or from the machine's own metadata server.
 *
 * @throws OAuthError with code `TOKEN_RESPONSE_INVALID` for what is no JWT with an end.
 */
export function tokenOfIdToken(client: object, idToken: string): Token {
  const accessToken = idToken.trim();
  const expiresAt = readUnixTime(unverifiedClaims(accessToken)?.["exp"]);
  if (expiresAt) return Token.from({ accessToken, issuedAt: clockOf(client).now(), expiresAt });
  const message = "The response of google cannot be used: it has no ID token with exp.";
  const details = { field: "id_token" };
  throw new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider: "google", details });
}
