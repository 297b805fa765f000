import { Token } from "@grantkit/core";
import {
  clockOf,
  isFilledText,
  mustBeScope,
  type OptionRules,
  signedJwt,
} from "@grantkit/core/requests";
import { namesNoScope } from "./account-session.ts";
import { type ServiceAccountKeyFile, signerOf } from "./service-account-key.ts";
import type { SelfSignedTokenOptions } from "./service-account-options.ts";

/** Seconds that a self-signed JWT is valid: the most that Google accepts. */
const LIFETIME = 3600;

/** Signs a JWT that Google's APIs accept as an access token; see `GoogleServiceAccount.selfSignedToken`. */
export async function signToken(
  client: object,
  key: ServiceAccountKeyFile,
  options: SelfSignedTokenOptions,
): Promise<Token> {
  const iat = Math.floor(clockOf(client).now() / 1000);
  const exp = iat + LIFETIME;
  const { scope = [], audience } = options;
  const { client_email: iss } = key;
  const what = audience === undefined ? { scope: scope.join(" ") } : { aud: audience };
  const claims = { iss, sub: iss, ...what, iat, exp };
  const accessToken = await signedJwt(client, claims, signerOf(key), "selfSignedToken()");
  return Token.from({ accessToken, tokenType: "bearer", expiresAt: exp * 1000, scope });
}

/** The rules of what a self-signed JWT is for. */
export const SELF_SIGNED_RULES: OptionRules<SelfSignedTokenOptions> = {
  scope: mustBeScope,
  audience: (value, _name, { scope }) => {
    const fits = namesNoScope(scope) ? isFilledText(value) : value === undefined;
    return fits ? [] : [EITHER];
  },
};

const EITHER =
  "pass either scope, with at least one, or audience, for example https://pubsub.googleapis.com/";
