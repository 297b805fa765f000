import { jsonReply } from "../oauth/responses.ts";
import type { FacebookServer } from "./server.ts";

/** Serves the discovery document, which has no token endpoint, and the key set. */
export function serveDiscovery(server: FacebookServer): void {
  const { app, endpoints, keys, origin } = server;
  const document = {
    issuer: endpoints.issuer,
    authorization_endpoint: `${origin}/dialog/oauth/`,
    jwks_uri: endpoints.jwks,
    response_types_supported: ["id_token", "token id_token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: [
      "iss",
      "aud",
      "sub",
      "iat",
      "exp",
      "jti",
      "nonce",
      "at_hash",
      "name",
      "given_name",
      "middle_name",
      "family_name",
      "email",
      "picture",
    ],
  };
  for (const slash of ["", "/"]) {
    app.get(`/.well-known/openid-configuration${slash}`, () => jsonReply(document));
    app.get(`/.well-known/oauth/openid/jwks${slash}`, async () =>
      jsonReply(await keys.jwks(), 200, { "cache-control": "public, max-age=3600" }),
    );
  }
}
