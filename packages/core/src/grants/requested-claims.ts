import type { AuthorizationRequest } from "../authorization/request.ts";
import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { IdTokenRules } from "../oidc/id-token-rules.ts";
import { ownFields } from "../options/own-fields.ts";

/** A claim that the authorization request asked for. */
interface RequestedClaim {
  readonly parameter: string;
  readonly claim: string;
  /** `*` for any. */
  readonly value: string;
}

/** Lists the claims that an authorization request requires of its ID token (`idToken.requestedClaims`). */
export function requestedClaims(
  { provider: { idToken } }: ClientContext,
  { url }: Partial<AuthorizationRequest>,
): readonly RequestedClaim[] {
  const { requestedClaims: claims } = ownFields<IdTokenRules>(idToken || {});
  if (!claims || typeof url !== "string" || !URL.canParse(url)) return [];
  const parameters = new URL(url).searchParams;
  return Object.entries(claims).flatMap(([parameter, claim]) =>
    parameters.getAll(parameter).map((value) => ({ parameter, claim, value })),
  );
}

/**
 * Checks that the claims are those that the authorization request asked for.
 *
 * @throws OAuthError: `ID_TOKEN_INVALID` whose `details.claim` names the claim.
 */
export function checkRequestedClaims(
  { provider: { name: provider } }: ClientContext,
  claims: Readonly<Record<string, unknown>>,
  requested: readonly RequestedClaim[],
): void {
  const own = ownFields(claims);
  for (const { parameter, claim, value } of requested) {
    const claimed = own[claim];
    const isAny = value === "*" && claimed !== "";
    const isIt = typeof claimed === "string" && claimed.toLowerCase() === value.toLowerCase();
    if (typeof claimed === "string" && (isAny || isIt)) continue;
    const reason = `its ${claim} is not what the authorization request asked for with ${parameter}`;
    const message = `The ID token of ${provider} was refused: ${reason}. Let the user choose another account.`;
    throw new OAuthError("ID_TOKEN_INVALID", message, { provider, details: { claim } });
  }
}
