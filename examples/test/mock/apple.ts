import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { APP } from "./server/app.ts";
import type { Call, ProviderFacts, Refusal } from "./server/facts.ts";

const HOST = "https://appleid.apple.com";
const keys = await generateKeyPair("ES256", { extractable: true });

/** What a developer gets from Apple: the team's ID, and a key with its ID. */
export const DEVELOPER = {
  teamId: "TEAM567890",
  keyId: "KEY4567890",
  privateKey: await exportPKCS8(keys.privateKey),
};

/**
 * Sign in with Apple.
 *
 * - `client_secret` is a JWT, signed with ES256 by the developer's key, that lives six months at most.
 * - A request for `name` or `email` needs `response_mode=form_post`.
 * - The callback has `user` once, at the first consent. Nothing else has the name, and there is no user info.
 * - `email_verified` is the text `"true"`.
 * - A refresh returns no refresh token: the first one stays.
 *
 * @see https://developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens
 * @see https://developer.apple.com/documentation/signinwithapplerestapi/authenticating-users-with-sign-in-with-apple
 */
export const appleFacts: ProviderFacts = {
  authorization: `${HOST}/auth/authorize`,
  token: `${HOST}/auth/token`,
  revocation: `${HOST}/auth/revoke`,
  jwks: `${HOST}/auth/keys`,
  authentication: ["jwt"],
  lifetime: 3600,
  refreshable: () => true,
  refuseAuthorization: ({ scope, response_mode: mode }) =>
    scope !== undefined && mode !== "form_post"
      ? {
          error: "invalid_request",
          description: "response_mode must be form_post when name or email scope is requested.",
        }
      : undefined,
  refuseClient: refuseSecret,
  callback: ({ visit, scope }): Readonly<Record<string, string>> =>
    visit === 0 && scope.includes("name")
      ? {
          user: JSON.stringify({
            name: { firstName: "Ada", lastName: "Lovelace" },
            email: "ada@example.com",
          }),
        }
      : {},
  tokenFields: () => ({ scope: undefined }),
  claims: ({ grant, isRefresh, now }) => ({
    iss: HOST,
    sub: "001999.8b3bf9b2c1f54fd3a8a9b5e3c3bd8d2a.1234",
    // Apple's ID tokens live a day (from memory).
    exp: now + 86_400,
    auth_time: grant.authenticatedAt,
    email: "ada@example.com",
    email_verified: "true",
    is_private_email: "false",
    nonce_supported: true,
    ...(!isRefresh && { nonce: grant.query["nonce"] }),
  }),
  // A refusal has a code alone (from memory).
  error: ({ error }: Refusal) => ({ error }),
};

async function refuseSecret({ fields, headers }: Call, now: number): Promise<Refusal | undefined> {
  const refusal = { status: 400, error: "invalid_client", description: "" };
  if (fields["client_id"] !== APP.clientId || headers["authorization"]) return refusal;
  try {
    const { payload, protectedHeader } = await jwtVerify(
      fields["client_secret"] ?? "",
      keys.publicKey,
      {
        algorithms: ["ES256"],
        issuer: DEVELOPER.teamId,
        subject: APP.clientId,
        audience: HOST,
        requiredClaims: ["iat", "exp"],
        currentDate: new Date(now * 1000),
      },
    );
    const isShort = (payload.exp ?? 0) - (payload.iat ?? 0) <= 15_777_000;
    return isShort && protectedHeader.kid === DEVELOPER.keyId ? undefined : refusal;
  } catch {
    return refusal;
  }
}
