import type { TokenRequestHookValue, TokenResponseHookValue } from "@grantkit/core";
import { isObject } from "@grantkit/core/requests";

/** Claims that an authorization request asks for (OpenID Connect Core §5.5): an object, or its JSON as a challenge has it. */
export type MicrosoftClaimsRequest = string | Readonly<Record<string, unknown>>;

/** Says that the client can handle claims challenges, so that Microsoft's APIs may send them. */
const HANDLES_CHALLENGES = { xms_cc: { values: ["cp1"] } };

/** Writes the parameter `claims`. */
export function claimsParameter(
  claims: MicrosoftClaimsRequest | undefined,
  handlesChallenges: boolean,
): string | undefined {
  if (!handlesChallenges) return typeof claims === "object" ? JSON.stringify(claims) : claims;
  const asked = (typeof claims === "string" ? JSON.parse(claims) : (claims ?? {})) as object;
  const { access_token: ofAccessToken, ...others } = asked as Record<string, unknown>;
  const own = isObject(ofAccessToken) ? ofAccessToken : {};
  return JSON.stringify({ ...others, access_token: { ...own, ...HANDLES_CHALLENGES } });
}

/** Adds the client's capabilities to a token request. */
export function withCapabilities(request: TokenRequestHookValue): TokenRequestHookValue {
  const { claims } = request.body;
  const parameter = claimsParameter(typeof claims === "string" ? claims : undefined, true);
  return { ...request, body: { ...request.body, claims: parameter as string } };
}

/** Adds `offline_access` to the granted scope: Entra ID leaves it out, and grants it with each refresh token. */
export function withOfflineAccess({
  body,
  ...response
}: TokenResponseHookValue): TokenResponseHookValue {
  const { scope, refresh_token: refreshToken } = body;
  const isLeftOut =
    typeof scope === "string" &&
    typeof refreshToken === "string" &&
    !scope.split(" ").includes("offline_access");
  return { ...response, body: isLeftOut ? { ...body, scope: `${scope} offline_access` } : body };
}
