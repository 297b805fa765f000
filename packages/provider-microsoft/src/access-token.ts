import { isOAuthError, type OAuth2Client, OAuthError } from "@grantkit/core";
import {
  accessTokenClaimsOf,
  clientIdOf,
  isFilledText,
  mustBeListOf,
  optionProblems,
  ownOptions,
  readText,
  throwProblems,
  unverifiedClaims,
} from "@grantkit/core/requests";
import { CLOUDS } from "./cloud.ts";

/** What a caller of your API must be permitted to do; at least one of the two. */
export interface AccessTokenPermissions {
  /** The scopes that a token of a user must have, all of them, by their short names. Without them, no user may call. */
  readonly scope?: readonly string[];
  /** The app roles that a token of an app itself must have, all of them. Without them, no app may call without a user. */
  readonly roles?: readonly string[];
}

/**
 * The claims of a verified access token.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export interface MicrosoftAccessTokenClaims {
  /** The user or the app at your API. */
  readonly sub: string;
  /** The object in the directory of the user, or of the app. */
  readonly oid?: string;
  /** The tenant. */
  readonly tid?: string;
  /** The client ID of the app that calls. */
  readonly azp: string;
  /** The scopes of a user's token, separated by spaces. An app's own token has none. */
  readonly scp?: string;
  /** App roles of the user, or of the app. */
  readonly roles?: readonly string[];
  /** Every other claim, by its own name. */
  readonly [claim: string]: unknown;
}

const RULES = {
  scope: mustBeListOf("scopes", "be a text", isFilledText),
  roles: mustBeListOf("roles", "be a text", isFilledText),
};

/**
 * Verifies an access token that your own API received (v2.0): its signature, its issuer (the client's tenant or `tenants`),
 * that it is for the client, and what it permits. Tokens of Microsoft Graph and of other APIs are refused (`aud`).
 *
 * In the manifest of the API's registration, set `requestedAccessTokenVersion` to 2.
 *
 * @param api - The `MicrosoftClient` of the API: its client ID is the audience. It needs no secret.
 * @param jwt - The token of the header `Authorization`.
 * @throws OAuthError: `TOKEN_INVALID`; `details.claim` is `scp` or `roles` for a valid token without the permission (answer
 * 403), and names another claim otherwise (answer 401); `KEY_SELECTION_FAILED`, `KEY_SET_UNAVAILABLE`, `CLOCK_SKEW`;
 * ConfigurationError without permissions.
 * @see https://learn.microsoft.com/entra/identity-platform/claims-validation
 *
 * @example
 * ```ts
 * import { MicrosoftClient, verifyAccessToken } from "@grantkit/provider-microsoft";
 *
 * const api = new MicrosoftClient({
 *   clientId: process.env["API_CLIENT_ID"] ?? "",
 *   tenant: process.env["MICROSOFT_TENANT_ID"] ?? "",
 * });
 * export const userOf = async (request: Request) => {
 *   const jwt = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
 *   return (await verifyAccessToken(api, jwt, { scope: ["Files.Read"] })).oid;
 * };
 * ```
 */
export async function verifyAccessToken(
  api: OAuth2Client,
  jwt: string,
  permissions: AccessTokenPermissions,
): Promise<MicrosoftAccessTokenClaims> {
  const own = ownOptions(permissions ?? {});
  const problems = optionProblems(own, RULES);
  const { scope = [], roles = [] } = own;
  if (problems.length + scope.length + roles.length === 0) {
    problems.push("scope or roles is missing: name what a caller must be permitted to do");
  }
  throwProblems("verifyAccessToken()", problems, "microsoft");
  const claims = await accessTokenClaimsOf(api, jwt).catch((error: unknown) => {
    if (!isRefusedGraphToken(error, jwt)) throw error;
    const wanted = `api://${clientIdOf(api)}/${scope[0] ?? ".default"}`;
    throw refused("aud", "it is for Microsoft Graph", `the scope ${wanted} in place of Graph's`);
  });
  // The same keys sign the ID tokens of the API's own sign-in, which have the same audience, and may have roles.
  if (!isFilledText(claims["azp"])) throw refused("azp", "it is no access token");
  const { scp, idtyp } = claims;
  // Users may have roles too: only those of an app itself permit a call without scopes.
  const [claim, wanted, given] =
    scp === undefined && idtyp !== "user"
      ? (["roles", roles, [claims["roles"]].flat()] as const)
      : (["scp", scope, readText(scp)?.split(" ") ?? []] as const);
  if (wanted.length === 0 || !wanted.every((name) => given.includes(name))) {
    throw refused(claim, `${claim} does not permit it`);
  }
  return claims as unknown as MicrosoftAccessTokenClaims;
}

const GRAPH_ID = "00000003-0000-0000-c000-000000000000";
/** How Microsoft Graph is named in `aud`: by its client ID, or by its address in a cloud. */
const GRAPH: readonly unknown[] = [GRAPH_ID, ...Object.values(CLOUDS).map(({ graph }) => graph)];

/** Whether a token that was refused says that it is for Microsoft Graph, which alone can verify its signature. */
function isRefusedGraphToken(error: unknown, jwt: string): boolean {
  const claim = isOAuthError(error) ? error.details?.["claim"] : undefined;
  // "jwt" is what is wrong with a token that is too long to read.
  if (claim === undefined || claim === "jwt") return false;
  return GRAPH.includes(readText(unverifiedClaims(jwt)?.["aud"])?.replace(/\/$/, ""));
}

function refused(
  claim: string,
  reason: string,
  toAskFor = "a token of this API with the permission",
): OAuthError {
  const message = `The access token was refused: ${reason}. Let the caller ask for ${toAskFor}.`;
  return new OAuthError("TOKEN_INVALID", message, { provider: "microsoft", details: { claim } });
}
