import { X509Certificate } from "node:crypto";
import type { JWK } from "jose";
import { usesSecret } from "../client/client-options.ts";
import type { PageKeys } from "../client/page-keys.ts";
import type { Certificate } from "../client/self-signed-certificate.ts";
import { DETAILS_TYPE } from "./offers.ts";

/** The kinds of client authentication that the local server has a client for. */
export type RegisteredKind =
  "basic" | "post" | "none" | "client_secret_jwt" | "private_key_jwt" | "tls";

const METHODS: Readonly<Record<RegisteredKind, string>> = {
  basic: "client_secret_basic",
  post: "client_secret_post",
  none: "none",
  client_secret_jwt: "client_secret_jwt",
  private_key_jwt: "private_key_jwt",
  tls: "self_signed_tls_client_auth",
};

export const CUSTOM_GRANTS = {
  password: "password",
  tokenExchange: "urn:ietf:params:oauth:grant-type:token-exchange",
  jwtBearer: "urn:ietf:params:oauth:grant-type:jwt-bearer",
} as const;

const USER_GRANTS = [
  "authorization_code",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:device_code",
  ...Object.values(CUSTOM_GRANTS),
];

/** The client ID for a kind of client authentication: a server lets each client authenticate in one way. */
export function clientIdOf(kind: RegisteredKind): string {
  return `playground-${kind.replaceAll("_", "-")}`;
}

/** Lists the clients as oidc-provider takes them. */
export function registeredClients(
  redirectUri: string,
  secret: string,
  { published, tls }: PageKeys,
): readonly object[] {
  return (Object.keys(METHODS) as RegisteredKind[]).map((kind) => ({
    client_id: clientIdOf(kind),
    client_name: `Grantkit playground (${kind})`,
    token_endpoint_auth_method: METHODS[kind],
    grant_types: kind === "none" ? USER_GRANTS : [...USER_GRANTS, "client_credentials"],
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [redirectUri],
    // The assertions of the JWT bearer grant are signed with this key too.
    jwks: kind === "tls" ? { keys: [jwkOf(tls)] } : published,
    id_token_signed_response_alg: "ES256",
    authorization_details_types: [DETAILS_TYPE],
    ...(usesSecret(kind) && { client_secret: secret }),
    ...(kind === "private_key_jwt" && { token_endpoint_auth_signing_alg: "ES256" }),
    ...(kind === "client_secret_jwt" && { token_endpoint_auth_signing_alg: "HS256" }),
  }));
}

/** A certificate as a key of a key set (RFC 7517 §4.7). */
function jwkOf({ cert }: Certificate): JWK {
  const { publicKey, raw } = new X509Certificate(cert);
  return { ...publicKey.export({ format: "jwk" }), x5c: [raw.toString("base64")] };
}
