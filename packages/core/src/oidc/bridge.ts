import {
  allowInsecureRequests,
  buildAuthorizationUrlWithPAR,
  type ClientAuth,
  ClientSecretJwt,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  genericGrantRequest,
  initiateDeviceAuthorization,
  modifyAssertion,
  None,
  PrivateKeyJwt,
  tokenIntrospection,
  tokenRevocation,
  TlsClientAuth,
} from "openid-client";
import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { ProviderEndpoints } from "../provider-endpoints.ts";
import { basicAuthorization } from "./basic-authentication.ts";
import { thumbprintOfCertificate } from "./certificate-thumbprint.ts";
import { type ClientAuthentication, usesSecret } from "./client-authentication.ts";
import { singleIssuer } from "./issuer.ts";

/** The OAuth endpoints at which a client authenticates. */
export type EndpointKind =
  "token" | "revocation" | "introspection" | "deviceAuthorization" | "pushedAuthorization";

/** A request as openid-client builds it. */
export interface BridgeRequest {
  readonly url: string;
  readonly method: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: URLSearchParams;
}

/** A request to an OAuth endpoint in openid-client's terms. */
export interface BridgeCall<Answer> {
  readonly kind: EndpointKind;
  readonly url: string;
  /** With `grant_type` for the token endpoint, with `token` for revocation and introspection; it is used up. */
  readonly parameters: URLSearchParams;
  /** Sends the request and reads the response. */
  readonly exchange: (request: BridgeRequest) => Promise<Answer>;
}

/** The metadata field of each endpoint (RFC 8414 §2, OpenID Connect Discovery §3). */
export const METADATA_FIELDS: Readonly<Record<keyof ProviderEndpoints, string>> = {
  authorization: "authorization_endpoint",
  token: "token_endpoint",
  userInfo: "userinfo_endpoint",
  jwks: "jwks_uri",
  revocation: "revocation_endpoint",
  introspection: "introspection_endpoint",
  deviceAuthorization: "device_authorization_endpoint",
  pushedAuthorization: "pushed_authorization_request_endpoint",
  endSession: "end_session_endpoint",
};

/** An endpoint as openid-client knows it. */
interface Endpoint {
  /** Calls openid-client's function for it. */
  readonly ask: (configuration: Configuration, parameters: URLSearchParams) => Promise<unknown>;
  /** A response that openid-client accepts: `exchange` reads the real one, more strictly. */
  readonly response: object;
}

const ENDPOINTS: Readonly<Record<EndpointKind, Endpoint>> = {
  token: {
    ask: (configuration, form) =>
      genericGrantRequest(configuration, taken(form, "grant_type"), form),
    response: { access_token: "-", token_type: "bearer" },
  },
  revocation: {
    ask: (configuration, form) => tokenRevocation(configuration, taken(form, "token"), form),
    response: {},
  },
  introspection: {
    ask: (configuration, form) => tokenIntrospection(configuration, taken(form, "token"), form),
    response: { active: true },
  },
  deviceAuthorization: {
    ask: initiateDeviceAuthorization,
    response: { device_code: "-", user_code: "-", verification_uri: "-", expires_in: 1 },
  },
  pushedAuthorization: {
    ask: buildAuthorizationUrlWithPAR,
    response: { request_uri: "-", expires_in: 1 },
  },
};

/** Takes a parameter out of a form: openid-client wants it as an argument. */
function taken(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name) ?? "";
  parameters.delete(name);
  return value;
}

/**
 * Makes a request to an OAuth endpoint with openid-client, which does client authentication, form and headers.
 *
 * @returns What `exchange` returns.
 * @throws What `exchange` or a client authentication function throws; ConfigurationError for an unusable private key.
 */
export async function callEndpoint<Answer>(
  client: ClientContext,
  { kind, url: endpoint, parameters, exchange }: BridgeCall<Answer>,
): Promise<Answer> {
  const { ask, response } = ENDPOINTS[kind];
  const { origin } = new URL(endpoint);
  const issuer = singleIssuer(client.provider.issuer) ?? origin;
  const authenticate = await clientAuth(client, endpoint);
  // Kept from openid-client, which wraps whatever is thrown in an error of its own.
  let outcome: Promise<Answer> | undefined;
  const configuration = new Configuration(
    { issuer, authorization_endpoint: origin, [METADATA_FIELDS[kind]]: endpoint },
    client.clientId,
    {},
    async (...request) => {
      try {
        await authenticate(...request);
      } catch (error) {
        outcome = Promise.reject(error);
        outcome.catch(() => undefined);
      }
    },
  );
  // Our own rules have refused http elsewhere than on this machine.
  allowInsecureRequests(configuration);
  // The transport has the deadline.
  configuration.timeout = 0;
  configuration[customFetch] = async (url, { method, headers, body }) => {
    const form = new URLSearchParams(body as URLSearchParams);
    outcome ??= exchange({ url, method, headers, body: form });
    await outcome.catch(() => undefined);
    return Response.json(response, { status: kind === "pushedAuthorization" ? 201 : 200 });
  };
  await ask(configuration, parameters).catch((error: unknown) => {
    // After the exchange it is about the response above: a polluted Object.prototype has changed it.
    if (outcome === undefined) throw error;
  });
  return outcome as unknown as Promise<Answer>;
}

/** A server's metadata, by its own names. */
export type Metadata = Readonly<Record<string, unknown>>;

/**
 * Fetches a server's metadata and checks it with openid-client (RFC 8414 §3, OpenID Connect Discovery §4).
 *
 * @param exchange - Fetches the document at a URL.
 * @throws What `exchange` throws; openid-client's error for metadata that it refuses.
 */
export async function discoverServer(
  issuer: string,
  algorithm: "oidc" | "oauth2",
  exchange: (url: string) => Promise<Metadata>,
): Promise<Metadata> {
  let document: Promise<Metadata> = Promise.resolve({});
  await discovery(new URL(issuer), "discovery", undefined, None(), {
    algorithm,
    execute: [allowInsecureRequests],
    timeout: 0,
    [customFetch]: async (url) => {
      document = exchange(url);
      // `exchange` has checked the issuer, which may be another one than the URL.
      return Response.json({ ...(await document.catch(() => ({}))), issuer });
    },
  }).catch(async (error: unknown) => {
    await document;
    throw error;
  });
  return document;
}

/** What openid-client calls to authenticate the client; a function of the app's may return a promise. */
type Authenticate = (...request: Parameters<ClientAuth>) => unknown;

async function clientAuth(client: ClientContext, url: string): Promise<Authenticate> {
  const { clientAuthentication: chosen, clientId, secret } = client;
  const given = usesSecret(chosen) ? secret.get() : undefined;
  const clientSecret = typeof given === "object" ? await given : given;
  if (typeof chosen === "function") {
    return (_server, _client, form, headers) =>
      chosen({ url, clientId, clientSecret, form, headers });
  }
  if (typeof chosen === "object") return assertingAuth(client, chosen, clientSecret);
  if (chosen === "none" || clientSecret === undefined) return None();
  if (chosen === "post") return ClientSecretPost(clientSecret);
  return (_server, _client, _form, headers) =>
    headers.set("authorization", basicAuthorization(chosen, clientId, clientSecret));
}

async function assertingAuth(
  { provider, clock }: ClientContext,
  chosen: Exclude<ClientAuthentication, string | ((...input: never) => unknown)>,
  clientSecret: string | undefined,
): Promise<ClientAuth> {
  if (chosen.method === "tls_client_auth") return TlsClientAuth();
  const changes = {
    [modifyAssertion]: (_header: unknown, claims: Record<string, unknown>) => {
      const now = Math.floor(clock.now() / 1000);
      const audience = chosen.audience ?? singleIssuer(provider.issuer) ?? provider.endpoints.token;
      Object.assign(claims, { aud: audience, iat: now, nbf: now, exp: now + 60 });
    },
  };
  if (chosen.method === "client_secret_jwt") {
    return clientSecret === undefined ? None() : ClientSecretJwt(clientSecret, changes);
  }
  const { importOnce } = await import("./import-once.ts");
  const { key, keyId, algorithm } = await importOnce(chosen, chosen).catch((error: unknown) => {
    throw new ConfigurationError("privateKeyJwt()", [(error as Error).message], provider.name);
  });
  const thumbprint =
    chosen.certificate === undefined
      ? undefined
      : await thumbprintOfCertificate(chosen.certificate);
  return PrivateKeyJwt(keyId === undefined ? { key } : { key, kid: keyId }, {
    [modifyAssertion](header, claims) {
      changes[modifyAssertion](header, claims);
      // The name that the client is registered with: an Ed25519 key has two.
      header["alg"] = algorithm;
      if (thumbprint !== undefined) Object.assign(header, { typ: "JWT", "x5t#S256": thumbprint });
    },
  });
}
