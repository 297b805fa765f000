import { ConfigurationError, OAuthError, Token } from "@grantkit/core";
import { isSecureUrl } from "@grantkit/core/requests";
import { expiryOf } from "./unverified-expiry.ts";
import type { IdTokenSessionOptions } from "./service-account-options.ts";

/**
 * Gives the options of a session whose token is an ID token: it goes to the audience, where that is a URL.
 *
 * @throws ConfigurationError for an audience that is none, and for one that is no URL without `allowedOrigins`.
 */
export function idTokenSessionOptions(
  method: string,
  provider: string,
  { targetAudience, ...options }: IdTokenSessionOptions,
): Omit<IdTokenSessionOptions, "targetAudience"> {
  checkAudience(method, provider, targetAudience);
  if (options.allowedOrigins !== undefined) return options;
  if (URL.canParse(targetAudience) && isSecureUrl(new URL(targetAudience))) {
    return { ...options, allowedOrigins: [new URL(targetAudience).origin] };
  }
  const problem =
    "allowedOrigins is missing: targetAudience is no https URL, so name the origin of the service that the ID token is for";
  throw new ConfigurationError(method, [problem], provider);
}

/** @throws ConfigurationError for an audience that is none. */
export function checkAudience(method: string, provider: string, audience: unknown): void {
  if (typeof audience === "string" && audience !== "") return;
  const problem =
    "targetAudience is missing: pass the URL of the Cloud Run service, or the client ID of the Identity-Aware Proxy";
  throw new ConfigurationError(method, [problem], provider);
}

/**
 * Makes a token of an ID token that another service verifies.
 *
 * @throws OAuthError with code `TOKEN_RESPONSE_INVALID` for what is no JWT with an end.
 */
export function tokenOfIdToken(provider: string, idToken: unknown): Token {
  const text = typeof idToken === "string" ? idToken.trim() : "";
  const exp = expiryOf(text);
  if (exp !== undefined) return Token.from({ accessToken: text, expiresAt: exp * 1000 });
  const message = `The response of ${provider} cannot be used: it has no ID token with exp.`;
  throw new OAuthError("TOKEN_RESPONSE_INVALID", message, {
    provider,
    details: { field: "id_token" },
  });
}
