import { jsonReply } from "../oauth/replies.ts";
import type { GoogleServer } from "./server.ts";

/** Where the Google emulator's endpoints are. */
export interface GoogleEndpoints {
  /** `iss` of callbacks and ID tokens, and the base of the discovery document. */
  readonly issuer: string;
  /** Where the browser goes, to be asked for consent. */
  readonly authorization: string;
  /** Where codes and refresh tokens become tokens. */
  readonly token: string;
  /** Who the user of an access token is. */
  readonly userInfo: string;
  /** The public keys of ID tokens. */
  readonly jwks: string;
  /** Where tokens are revoked. */
  readonly revocation: string;
  /** Where devices get their codes. */
  readonly deviceAuthorization: string;
  /** Base of the sample APIs, without a slash at its end. */
  readonly api: string;
}

/** Google spreads these over several hosts; the paths are Google's. */
export function googleEndpoints(origin: string): GoogleEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/o/oauth2/v2/auth`,
    token: `${origin}/token`,
    userInfo: `${origin}/v1/userinfo`,
    jwks: `${origin}/oauth2/v3/certs`,
    revocation: `${origin}/revoke`,
    deviceAuthorization: `${origin}/device/code`,
    api: origin,
  };
}

/** Serves the discovery document and the key set. */
export function serveDiscovery(server: GoogleServer): void {
  const { app, endpoints, keys } = server;
  // As https://accounts.google.com/.well-known/openid-configuration was on 2026-09-02: it names neither hd nor nonce among
  // the claims, and does not announce iss in the callback although it is sent.
  app.get("/.well-known/openid-configuration", () =>
    jsonReply(
      {
        issuer: endpoints.issuer,
        authorization_endpoint: endpoints.authorization,
        device_authorization_endpoint: endpoints.deviceAuthorization,
        token_endpoint: endpoints.token,
        userinfo_endpoint: endpoints.userInfo,
        revocation_endpoint: endpoints.revocation,
        jwks_uri: endpoints.jwks,
        ...CAPABILITIES,
      },
      200,
      { "cache-control": "public, max-age=3600" },
    ),
  );
  app.get("/oauth2/v3/certs", async () =>
    jsonReply(await keys.jwks(), 200, {
      "cache-control": "public, max-age=19845, must-revalidate, no-transform",
    }),
  );
}

const CAPABILITIES = {
  response_types_supported: [
    "code",
    "token",
    "id_token",
    "code token",
    "code id_token",
    "token id_token",
    "code token id_token",
    "none",
  ],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  scopes_supported: ["openid", "email", "profile"],
  token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
  claims_supported: [
    "aud",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "given_name",
    "iat",
    "iss",
    "name",
    "picture",
    "sub",
  ],
  code_challenge_methods_supported: ["plain", "S256"],
  grant_types_supported: [
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
  ],
};
