import type { ClaimProblem, IdTokenRules } from "@grantkit/core";
import type { Fields } from "@grantkit/core/requests";

/**
 * The claims that access tokens of Entra ID have, and ID tokens never. An API and its client that share a registration have the
 * same audience in both.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
const OF_ACCESS_TOKENS = ["scp", "idtyp", "azpacr", "appid", "appidacr"];

/**
 * Makes the check of the claims that only Microsoft's tokens have.
 *
 * @param policy - The policy of B2C that the users sign in with; undefined for every other tenant.
 */
export function claimsCheck(policy: string | undefined): NonNullable<IdTokenRules["checkClaims"]> {
  return (claims, kind) =>
    (kind === "ID token" ? kindProblem(claims, policy !== undefined) : undefined) ??
    (policy === undefined ? undefined : policyProblem(claims, policy));
}

function kindProblem(claims: Fields, isB2C: boolean): ClaimProblem | undefined {
  const marks = isB2C ? marksOfB2C(claims) : OF_ACCESS_TOKENS;
  const claim = marks.find((name) => claims[name] !== undefined);
  return claim === undefined
    ? undefined
    : { claim, reason: `it is an access token, by its ${claim}: pass the ID token` };
}

/**
 * An access token of B2C for the app itself has no `scp`, and differs from an ID token by its `azp` and by lacking the time of the
 * sign-in. The policy chooses all other claims.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/access-tokens#request-a-token
 */
function marksOfB2C({ auth_time: signedInAt }: Fields): readonly string[] {
  return signedInAt === undefined ? ["scp", "azp"] : ["scp"];
}

/**
 * All policies of a tenant share the keys, and by default the issuer. Their names are not case-sensitive.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview#claims
 */
function policyProblem({ tfp, acr, iss }: Fields, policy: string): ClaimProblem | undefined {
  const inIssuer = /\/tfp\/[^/]+\/([^/]+)\//.exec(String(iss))?.[1];
  const named = tfp ?? acr ?? inIssuer;
  if (typeof named === "string" && named.toLowerCase() === policy.toLowerCase()) return undefined;
  const reason =
    named === undefined
      ? `it does not name the policy ${policy}: let the policy issue the claim tfp`
      : `it is of another policy than ${policy}: make a client for each policy`;
  return { claim: tfp === undefined && acr !== undefined ? "acr" : "tfp", reason };
}
