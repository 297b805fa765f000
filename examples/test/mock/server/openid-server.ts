import type { ProviderFacts } from "./facts.ts";

const USER = {
  sub: "00uid4BxXw6I6TV4m0g3",
  name: "Ada Lovelace",
  preferred_username: "ada@example.com",
  email: "ada@example.com",
  email_verified: true,
};

/** What differs between servers that do as OpenID Connect says. */
interface OpenIdServer {
  readonly issuer: string;
  /** Where the endpoints are, below the issuer. */
  readonly paths: Readonly<
    Record<"authorization" | "token" | "revocation" | "jwks" | "userInfo" | "endSession", string>
  >;
}

/** A server that follows OpenID Connect, with a metadata document. */
export function openIdServer(
  { issuer, paths }: OpenIdServer,
  differences: Partial<ProviderFacts>,
): ProviderFacts {
  const at = (path: string): string => `${issuer}${path}`;
  return {
    authorization: at(paths.authorization),
    token: at(paths.token),
    revocation: at(paths.revocation),
    jwks: at(paths.jwks),
    authentication: ["basic", "post"],
    pkce: "S256",
    rotates: true,
    claims: ({ grant, isRefresh }) =>
      grant.scope.includes("openid")
        ? { iss: issuer, sub: USER.sub, ...(!isRefresh && { nonce: grant.query["nonce"] }) }
        : undefined,
    pages: {
      [`GET ${issuer}/.well-known/openid-configuration`]: () => ({
        body: {
          issuer,
          authorization_endpoint: at(paths.authorization),
          token_endpoint: at(paths.token),
          revocation_endpoint: at(paths.revocation),
          jwks_uri: at(paths.jwks),
          userinfo_endpoint: at(paths.userInfo),
          end_session_endpoint: at(paths.endSession),
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
          code_challenge_methods_supported: ["S256"],
        },
      }),
    },
    api: { [`GET ${at(paths.userInfo)}`]: () => ({ body: USER }) },
    ...differences,
  };
}
