import { ConfigurationError, Token } from "@grantkit/core";
import { signedJwt } from "@grantkit/core/requests";
import type { SelfSignedTokenOptions } from "./service-account-options.ts";
import { type Account, isScope, signerOf } from "./service-account-requests.ts";

/** Seconds that a self-signed JWT is valid: the most that Google accepts. */
const LIFETIME = 3600;

/** Signs a JWT that Google's APIs accept as an access token; see `GoogleServiceAccount.selfSignedToken`. */
export async function signToken(
  owner: object,
  { key, now }: Account,
  options: SelfSignedTokenOptions,
): Promise<Token> {
  const iat = Math.floor(now() / 1000);
  const exp = iat + LIFETIME;
  const { scope = [], audience } = options;
  const { client_email: iss } = key;
  const what = audience === undefined ? { scope: scope.join(" ") } : { aud: audience };
  const claims = { iss, sub: iss, ...what, iat, exp };
  const accessToken = await signedJwt(owner, claims, signerOf(key), "selfSignedToken()");
  return Token.from({ accessToken, tokenType: "bearer", expiresAt: exp * 1000, scope });
}

/** @throws ConfigurationError unless there are scopes, or else an audience. */
export function checkSelfSigned(
  method: string,
  provider: string,
  { scope, audience }: SelfSignedTokenOptions,
): void {
  const isAudience = typeof audience === "string" && audience !== "";
  if (scope === undefined ? isAudience : audience === undefined && isScope(scope)) return;
  const problem =
    "pass either scope, with at least one, or audience, for example https://pubsub.googleapis.com/";
  throw new ConfigurationError(method, [problem], provider);
}
