import { jsonReply } from "../oauth/responses.ts";
import type { GoogleServer } from "./server.ts";

/** Serves the discovery document and the key set, as JWKs and as certificates. */
export function serveDiscovery(server: GoogleServer): void {
  const { app, endpoints, keys } = server;
  // As of 2026-09-02, https://accounts.google.com/.well-known/openid-configuration names neither hd nor nonce as claims, and
  // does not announce the iss parameter of callbacks.
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
  // Google's guide to Cross-Account Protection names the keys of ID tokens here, and the issuer with a slash.
  // https://developers.google.com/identity/protocols/risc#validate_the_security_event_token
  app.get("/.well-known/risc-configuration", () =>
    jsonReply({ issuer: `${endpoints.issuer}/`, jwks_uri: endpoints.jwks }, 200, {
      "cache-control": "public, max-age=3600",
    }),
  );
  app.get("/oauth2/v3/certs", async () => jsonReply(await keys.jwks(), 200, KEYS_LIFETIME));
  app.get("/oauth2/v1/certs", async () =>
    jsonReply(await keys.certificates(CERTIFICATE_NAME), 200, KEYS_LIFETIME),
  );
}

const KEYS_LIFETIME = { "cache-control": "public, max-age=19845, must-revalidate, no-transform" };

const CERTIFICATE_NAME = "federated-signon.system.gserviceaccount.com";

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
