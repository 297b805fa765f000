import type { ProviderFacts } from "./server/facts.ts";

const HOST = "https://www.linkedin.com/oauth";
const USER = {
  sub: "782bbtaQ",
  name: "Ada Lovelace",
  given_name: "Ada",
  family_name: "Lovelace",
  picture: "https://media.licdn-ei.example/ada.jpg",
  locale: "en-US",
  email: "ada@example.com",
  email_verified: true,
};

/**
 * Sign In with LinkedIn.
 *
 * - A token request with `code_verifier` fails as if the secret were wrong; the authorization page ignores the challenge.
 * - ID tokens have no nonce.
 * - The secret is a field of the form; HTTP Basic fails.
 * - Refresh tokens are for approved partners, and there is none here.
 *
 * @see https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow
 * @see https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2
 * @see https://github.com/UsefulSoftwareCo/executor/issues/2087 code_verifier, tried against LinkedIn
 * @see https://github.com/linkedin-developers/linkedin-api-js-client/issues/34 nonce
 */
export const linkedinFacts: ProviderFacts = {
  authorization: `${HOST}/v2/authorization`,
  token: `${HOST}/v2/accessToken`,
  jwks: `${HOST}/openid/jwks`,
  authentication: ["post"],
  lifetime: 5_184_000,
  refuseClient: ({ fields }) =>
    fields["code_verifier"] === undefined
      ? undefined
      : { status: 401, error: "invalid_client", description: "Client authentication failed" },
  // Scopes are requested with spaces and returned with commas (not documented; seen by others).
  tokenFields: ({ grant }) => ({ scope: grant.scope.join(",") }),
  claims: ({ grant }) => (grant.scope.includes("openid") ? { iss: HOST, ...USER } : undefined),
  unauthorized: {
    status: 401,
    body: {
      status: 401,
      serviceErrorCode: 65_600,
      code: "INVALID_ACCESS_TOKEN",
      message: "Invalid access token",
    },
  },
  api: {
    "GET https://api.linkedin.com/v2/userinfo": () => ({
      body: { ...USER, locale: { country: "US", language: "en" } },
    }),
  },
};
