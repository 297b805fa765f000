import type { Claims, Grant, ProviderFacts, Refusal, TokenRequest } from "./server/facts.ts";

const HOST = "https://login.microsoftonline.com";
/** The tenant of the mock's user. */
export const TENANT = "11111111-2222-3333-4444-555555555555";

const USER = {
  oid: "00000000-0000-0000-66f3-3332eca7ea81",
  sub: "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
};

/**
 * Microsoft Entra ID for one tenant, or for accounts of all (`common`).
 *
 * - ID tokens name the user's tenant in `iss` and `tid`, never `common`. The metadata of `common` has the literal
 *   `{tenantid}` in `issuer`, and so have the keys that sign for every tenant.
 * - A refresh token needs the scope `offline_access`.
 * - Nothing revokes the tokens of one app.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 * @see https://learn.microsoft.com/entra/identity-platform/access-tokens#multitenant-applications
 */
export function entraFacts(tenant: string, overrides: Partial<ProviderFacts> = {}): ProviderFacts {
  const issuer = `${HOST}/${tenant === "common" ? "{tenantid}" : tenant}/v2.0`;
  return {
    authorization: `${HOST}/${tenant}/oauth2/v2.0/authorize`,
    token: `${HOST}/${tenant}/oauth2/v2.0/token`,
    jwks: `${HOST}/${tenant}/discovery/v2.0/keys`,
    keyMembers: { issuer },
    authentication: ["post", "basic"],
    pkce: "S256",
    lifetime: 3600,
    rotates: true,
    refreshable: ({ grant }) => grant.scope.includes("offline_access"),
    refuseAuthorization: ({ scope }) =>
      scope === undefined
        ? {
            error: "invalid_request",
            description: "AADSTS900144: The request body must contain 'scope'",
          }
        : undefined,
    // The scopes of OpenID Connect are not in the response (from memory).
    tokenFields: ({ grant }) => ({ scope: graphScope(grant), ext_expires_in: 3600 }),
    claims: (request) => claims(request),
    error: aadsts,
    pages: {
      [`GET ${HOST}/${tenant}/v2.0/.well-known/openid-configuration`]: () => ({
        body: {
          issuer,
          authorization_endpoint: `${HOST}/${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: `${HOST}/${tenant}/oauth2/v2.0/token`,
          jwks_uri: `${HOST}/${tenant}/discovery/v2.0/keys`,
          userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
          id_token_signing_alg_values_supported: ["RS256"],
          token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
          response_types_supported: ["code"],
          subject_types_supported: ["pairwise"],
        },
      }),
    },
    unauthorized: {
      status: 401,
      body: { error: { code: "InvalidAuthenticationToken", message: "Access token has expired." } },
    },
    api: {
      "GET https://graph.microsoft.com/oidc/userinfo": () => ({
        body: { sub: USER.sub, name: "Ada Lovelace", email: "ada@contoso.example" },
      }),
      "GET https://graph.microsoft.com/v1.0/me": () => ({
        body: { id: USER.oid, displayName: "Ada Lovelace", mail: "ada@contoso.example" },
      }),
    },
    ...overrides,
  };
}

/** The claims of an ID token of the user's tenant, or of another. */
export function claims(
  { grant, isRefresh }: TokenRequest,
  tenant: string = TENANT,
): Claims | undefined {
  if (!grant.scope.includes("openid")) return undefined;
  const { nonce } = grant.query;
  return {
    iss: `${HOST}/${tenant}/v2.0`,
    tid: TENANT,
    ver: "2.0",
    ...USER,
    name: "Ada Lovelace",
    preferred_username: "ada@contoso.example",
    ...(!isRefresh && { nonce }),
  };
}

function graphScope({ scope }: Grant): string {
  return scope.filter((name) => name !== "offline_access").join(" ");
}

function aadsts({ error, description }: Refusal): object {
  const numbers = /AADSTS(\d+)/.exec(description);
  return {
    error,
    error_description: `${numbers ? "" : "AADSTS70000: "}${description}. Trace ID: 0 Correlation ID: 0`,
    error_codes: [Number(numbers?.[1] ?? 70_000)],
    timestamp: "2026-01-15 12:00:00Z",
    trace_id: "0",
    correlation_id: "0",
  };
}
