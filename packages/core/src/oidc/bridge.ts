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
import { basicAuthorization } from "./basic-authentication.ts";
import type { ClientAuthentication } from "./client-authentication.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";

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
  readonly provider: string;
  readonly issuer: string | undefined;
  /** The audience of a client assertion, where the client does not name one. */
  readonly audience: string;
  readonly kind: EndpointKind;
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  /** Gives the time in milliseconds since the epoch. */
  readonly now: () => number;
  /** With `grant_type` for the token endpoint, with `token` for revocation and introspection. */
  readonly parameters: URLSearchParams;
  /** Sends the request and reads the response. */
  readonly exchange: (request: BridgeRequest) => Promise<Answer>;
}

/** An endpoint as openid-client knows it. */
interface Endpoint {
  /** Its name in the server's metadata. */
  readonly metadata: string;
  /** Calls openid-client's function for it. */
  readonly ask: (configuration: Configuration, parameters: URLSearchParams) => Promise<unknown>;
  /** A response that openid-client accepts: `exchange` reads the real one, more strictly. */
  readonly response: object;
}

const ENDPOINTS: Readonly<Record<EndpointKind, Endpoint>> = {
  token: {
    metadata: "token_endpoint",
    ask: (configuration, form) =>
      genericGrantRequest(configuration, taken(form, "grant_type"), form),
    response: { access_token: "-", token_type: "bearer" },
  },
  revocation: {
    metadata: "revocation_endpoint",
    ask: (configuration, form) => tokenRevocation(configuration, taken(form, "token"), form),
    response: {},
  },
  introspection: {
    metadata: "introspection_endpoint",
    ask: (configuration, form) => tokenIntrospection(configuration, taken(form, "token"), form),
    response: { active: true },
  },
  deviceAuthorization: {
    metadata: "device_authorization_endpoint",
    ask: initiateDeviceAuthorization,
    response: { device_code: "-", user_code: "-", verification_uri: "-", expires_in: 1 },
  },
  pushedAuthorization: {
    metadata: "pushed_authorization_request_endpoint",
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
export async function callEndpoint<Answer>(call: BridgeCall<Answer>): Promise<Answer> {
  const { metadata, ask, response } = ENDPOINTS[call.kind];
  const { origin } = new URL(call.url);
  const authenticate: (...request: Parameters<ClientAuth>) => unknown = await clientAuth(call);
  // Kept from openid-client, which wraps whatever is thrown in an error of its own.
  let outcome: Promise<Answer> | undefined;
  const configuration = new Configuration(
    { issuer: call.issuer ?? origin, authorization_endpoint: origin, [metadata]: call.url },
    call.clientId,
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
    outcome ??= call.exchange({ url, method, headers, body: form });
    await outcome.catch(() => undefined);
    return Response.json(response, { status: call.kind === "pushedAuthorization" ? 201 : 200 });
  };
  await ask(configuration, new URLSearchParams(call.parameters));
  return outcome as unknown as Promise<Answer>;
}

/**
 * Fetches a server's metadata and checks it with openid-client (RFC 8414 §3, OpenID Connect Discovery §4).
 *
 * @throws What `exchange` throws; openid-client's error for metadata that it refuses.
 */
export async function discoverServer({
  issuer,
  algorithm,
  exchange,
}: {
  readonly issuer: string;
  readonly algorithm: "oidc" | "oauth2";
  /** Fetches the document at a URL. */
  readonly exchange: (url: string) => Promise<Readonly<Record<string, unknown>>>;
}): Promise<Readonly<Record<string, unknown>>> {
  let document: Promise<Readonly<Record<string, unknown>>> = Promise.resolve({});
  await discovery(new URL(issuer), "discovery", undefined, None(), {
    algorithm,
    execute: [allowInsecureRequests],
    timeout: 0,
    [customFetch]: async (url) => {
      document = exchange(url);
      return Response.json(await document.catch(() => ({})));
    },
  }).catch(async (error: unknown) => {
    await document;
    throw error;
  });
  return document;
}

async function clientAuth(call: BridgeCall<unknown>): Promise<ClientAuth> {
  const { clientAuthentication: chosen, clientId, clientSecret, url } = call;
  if (typeof chosen === "function") {
    return (_server, _client, form, headers) =>
      chosen({ url, clientId, clientSecret, form, headers }) as void;
  }
  if (typeof chosen === "object") return assertingAuth(call, chosen);
  if (chosen === "none" || clientSecret === undefined) return None();
  if (chosen === "post") return ClientSecretPost(clientSecret);
  return (_server, _client, _form, headers) =>
    headers.set("authorization", basicAuthorization(chosen, clientId, clientSecret));
}

async function assertingAuth(
  call: BridgeCall<unknown>,
  chosen: Exclude<ClientAuthentication, string | ((...input: never) => unknown)>,
): Promise<ClientAuth> {
  if (chosen.method === "tls_client_auth") return TlsClientAuth();
  const changes = {
    [modifyAssertion]: (_header: unknown, claims: Record<string, unknown>) => {
      const now = Math.floor(call.now() / 1000);
      const audience = chosen.audience ?? call.audience;
      Object.assign(claims, { aud: audience, iat: now, nbf: now, exp: now + 60 });
    },
  };
  if (chosen.method === "client_secret_jwt") {
    return call.clientSecret === undefined ? None() : ClientSecretJwt(call.clientSecret, changes);
  }
  const { importOnce } = await import("./jose.ts");
  const { key, keyId, algorithm } = await importOnce(chosen, chosen).catch((error: unknown) => {
    throw new ConfigurationError("privateKeyJwt()", [(error as Error).message], call.provider);
  });
  return PrivateKeyJwt(keyId === undefined ? { key } : { key, kid: keyId }, {
    [modifyAssertion](header, claims) {
      changes[modifyAssertion](header, claims);
      // The name that the client is registered with: an Ed25519 key has two.
      header["alg"] = algorithm;
    },
  });
}
