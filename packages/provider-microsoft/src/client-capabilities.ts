import {
  ConfigurationError,
  type TokenRequestHookValue,
  type TokenResponseHookValue,
} from "@grantkit/core";
import { isObject, jsonObject } from "@grantkit/core/requests";

/** Claims that an authorization request asks for (OpenID Connect Core §5.5): an object, or its JSON as a challenge has it. */
export type MicrosoftClaimsRequest = string | Readonly<Record<string, unknown>>;

/** Says that the client can handle claims challenges, so that Microsoft's APIs may send them. */
const HANDLES_CHALLENGES = { xms_cc: { values: ["cp1"] } };

/**
 * Writes the parameter `claims`.
 *
 * @throws ConfigurationError for claims that are no object.
 */
export function claimsParameter(
  claims: MicrosoftClaimsRequest | undefined,
  handlesChallenges: boolean,
): string | undefined {
  if (claims === undefined && !handlesChallenges) return undefined;
  const asked = typeof claims === "string" ? jsonObject(claims) : (claims ?? {});
  if (!isObject(asked) || Array.isArray(asked)) {
    const problem = "claims must be an object, or its JSON";
    throw new ConfigurationError("The claims request", [problem], "microsoft");
  }
  if (!handlesChallenges) return typeof claims === "string" ? claims : JSON.stringify(asked);
  const { access_token: ofAccessToken, ...others } = asked;
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
