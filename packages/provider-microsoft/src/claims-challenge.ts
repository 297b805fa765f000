import { isApiError, isOAuthError, OAuthError } from "@grantkit/core";
import {
  decodeBase64Url,
  isObject,
  jsonObject,
  ownFields,
  readText,
} from "@grantkit/core/requests";

/** What an API wants to know of a user before it answers: a claims challenge. */
export interface ClaimsChallenge {
  /** The claims to ask for, as JSON: the option `claims` of an authorization request. */
  readonly claims: string;
  /** Where the API would send the user, if it says so. It is a hint: `challengeRequest()` sends nobody elsewhere than to its own tenant. */
  readonly authorizationUri?: string;
}

/** Most challenges have a few hundred characters. */
const LONGEST = 8192;

/**
 * Reads the claims challenge of an API's 401, or of a token request that Entra ID refused (on behalf of a user, or after a
 * change of policy): the user has to sign in again, with what the challenge asks for.
 *
 * @param from - The caught error, or the `Response` of `session.fetch()`.
 * @returns undefined for everything that is no challenge.
 * @throws OAuthError with code `PROVIDER_ERROR` for a challenge whose claims cannot be read (`details.field` is `claims`).
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
export function claimsChallenge(from: unknown): ClaimsChallenge | undefined {
  if (isOAuthError(from)) {
    const claims = readText(ownFields(from.details ?? {})["claims"]);
    return claims === undefined ? undefined : { claims: checked(claims) };
  }
  const challenge = insufficientClaims(headerOf(from) ?? "");
  if (challenge === undefined) return undefined;
  const claims = checked(decodeBase64Url(challenge["claims"] ?? "") ?? "");
  const { authorization_uri: authorizationUri } = challenge;
  return { claims, ...(authorizationUri !== undefined && { authorizationUri }) };
}

function headerOf(from: unknown): string | undefined {
  if (isApiError(from)) return from.status === 401 ? from.headers["www-authenticate"] : undefined;
  return from instanceof Response && from.status === 401
    ? (from.headers.get("www-authenticate") ?? undefined)
    : undefined;
}

type Parameters = Readonly<Record<string, string>>;

/** The parameters of the challenge that says `insufficient_claims`, among those of a header (RFC 9110 §11.6.1). */
function insufficientClaims(header: string): Parameters | undefined {
  if (header.length > LONGEST) throw unreadable();
  return header
    .split(/\bBearer\s+/i)
    .map((challenge) =>
      ownFields(
        Object.fromEntries(
          Array.from(challenge.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [
            (name as string).toLowerCase(),
            value as string,
          ]),
        ),
      ),
    )
    .find(({ error }) => error === "insufficient_claims");
}

/** @throws OAuthError for claims that are no object of claims requests (OpenID Connect Core §5.5). */
function checked(claims: string): string {
  const asked = jsonObject(claims);
  if (asked && Object.values(asked).every(isObject)) return claims;
  throw unreadable();
}

function unreadable(): OAuthError {
  const message =
    "The claims challenge cannot be read: its claims are no JSON object. Let the user sign in again without it.";
  return new OAuthError("PROVIDER_ERROR", message, {
    provider: "microsoft",
    error: "insufficient_claims",
    details: { field: "claims" },
  });
}

/**
 * Checks that a challenge is for the tenant that a user signed in to.
 *
 * @param authorizationEndpoint - The client's own.
 * @param tenants - The tenants that the challenge may name: the client's, and that of the user's token.
 * @throws OAuthError with code `ISSUER_MISMATCH`.
 */
export function refuseOtherTenant(
  { authorizationUri }: Pick<ClaimsChallenge, "authorizationUri">,
  authorizationEndpoint: string,
  tenants: readonly (string | undefined)[],
): void {
  if (authorizationUri === undefined) return;
  const [named, own] = [authorizationUri, authorizationEndpoint].map(placeOf);
  const allowed = ["common", "organizations", own?.tenant, ...tenants];
  if (named && named.origin === own?.origin && allowed.includes(named.tenant)) return;
  const message =
    "The claims challenge is of another tenant than the user's, or of another host than Microsoft's, so no authorization request was made. Check which API answered: its tokens are issued elsewhere.";
  throw new OAuthError("ISSUER_MISMATCH", message, {
    provider: "microsoft",
    error: "insufficient_claims",
    details: { field: "authorization_uri" },
  });
}

function placeOf(url: string): { origin: string; tenant: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return { origin, tenant: (pathname.split("/")[1] ?? "").toLowerCase() };
}
