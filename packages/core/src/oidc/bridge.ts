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
import type { ClientAuthentication, PrivateKeyJwt as KeyOption } from "./client-authentication.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";

/** The OAuth endpoints at which a client says who it is. */
export type EndpointKind =
  "token" | "revocation" | "introspection" | "deviceAuthorization" | "pushedAuthorization";

/** A request as openid-client wants it sent. */
export interface BridgeRequest {
  readonly url: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: URLSearchParams;
}

/** A request to an OAuth endpoint in openid-client's terms. */
export interface BridgeCall<Answer> {
  readonly provider: string;
  readonly issuer: string | undefined;
  /** Whom a client's assertion is for, where the client does not say. */
  readonly audience: string;
  readonly kind: EndpointKind;
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  /** Milliseconds since the epoch. */
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
  /** The function that asks it. */
  readonly ask: (configuration: Configuration, parameters: URLSearchParams) => Promise<unknown>;
  /** A response that it accepts: the real one is read by `exchange`, more strictly. */
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

/** Takes a parameter that openid-client wants by itself. */
function taken(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name) ?? "";
  parameters.delete(name);
  return value;
}

/**
 * Has openid-client make a request to an OAuth endpoint: client authentication, form and headers are its work.
 *
 * @throws What `exchange` and a client authentication function throw, as it is; for what openid-client finds beyond
 * that OAuthError with code `TOKEN_RESPONSE_INVALID`, without its `cause`, which holds the response.
 */
export function callEndpoint<Answer>(call: BridgeCall<Answer>): Promise<Answer> {
  const { metadata, ask, response } = ENDPOINTS[call.kind];
  const { origin } = new URL(call.url);
  let answer: Answer | undefined;
  return unwrapped(async (own) => {
    const configuration = new Configuration(
      {
        issuer: call.issuer ?? origin,
        authorization_endpoint: origin,
        [metadata]: call.url,
      },
      call.clientId,
      {},
      own(await clientAuth(call)),
    );
    // Our own validation has refused http elsewhere than on this machine.
    allowInsecureRequests(configuration);
    // The transport has the deadline; a second one would only differ from it.
    configuration.timeout = 0;
    configuration[customFetch] = own(async (url, { method, headers, body }) => {
      const form = new URLSearchParams(body as URLSearchParams);
      answer = await call.exchange({ url, method, headers, body: form });
      return Response.json(response, { status: call.kind === "pushedAuthorization" ? 201 : 200 });
    });
    await ask(configuration, new URLSearchParams(call.parameters));
    return answer as Answer;
  }).catch((error: unknown) => {
    throw error instanceof OpenIdClientFailure ? refusal(call.provider, error.code) : error;
  });
}

/** Fetches a server's metadata, as openid-client checked it (RFC 8414 §3, OpenID Connect Discovery §4). */
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
  let document: Readonly<Record<string, unknown>> = {};
  await unwrapped((own) =>
    discovery(new URL(issuer), "discovery", undefined, None(), {
      algorithm,
      execute: [allowInsecureRequests],
      timeout: 0,
      [customFetch]: own(async (url) => {
        document = await exchange(url);
        return Response.json(document);
      }),
    }),
  );
  return document;
}

/** What openid-client itself refused. */
class OpenIdClientFailure extends Error {
  readonly code: unknown;

  constructor(error: unknown) {
    super("openid-client refused an answer");
    this.code = (error as { code?: unknown } | null)?.code;
  }
}

type Wrapped = <Parameters extends unknown[], Result>(
  callback: (...parameters: Parameters) => Result | Promise<Result>,
) => (...parameters: Parameters) => Promise<Result>;

/**
 * Runs openid-client so that what our own callbacks throw comes out as it is: openid-client puts it into errors of its own.
 *
 * @throws {@link OpenIdClientFailure} for what openid-client itself throws.
 */
async function unwrapped<Result>(run: (own: Wrapped) => Promise<Result>): Promise<Result> {
  let thrown: { readonly error: unknown } | undefined;
  const own: Wrapped =
    (callback) =>
    async (...parameters) => {
      try {
        return await callback(...parameters);
      } catch (error) {
        thrown ??= { error };
        throw error;
      }
    };
  try {
    return await run(own);
  } catch (error) {
    if (thrown) throw thrown.error;
    throw OAuthError.isInstance(error) ? error : new OpenIdClientFailure(error);
  }
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
  const { key, keyId, algorithm } = await importedKey(call.provider, chosen);
  return PrivateKeyJwt(keyId === undefined ? { key } : { key, kid: keyId }, {
    [modifyAssertion](header, claims) {
      changes[modifyAssertion](header, claims);
      // By the name that the client is registered with: a key of Ed25519 goes by two.
      header["alg"] = algorithm;
    },
  });
}

// Imported once: it costs a hundred times what a signature does.
const importedKeys = new WeakMap<KeyOption, ReturnType<typeof importKey>>();

function importedKey(provider: string, option: KeyOption): ReturnType<typeof importKey> {
  const known = importedKeys.get(option) ?? importKey(provider, option);
  importedKeys.set(option, known);
  return known;
}

async function importKey(provider: string, option: KeyOption) {
  const { importSigningKey } = await import("./jose.ts");
  return importSigningKey(option.key, option).catch((error: unknown) => {
    throw new ConfigurationError("privateKeyJwt()", [(error as Error).message], provider);
  });
}

function refusal(provider: string, code: unknown): OAuthError {
  return new OAuthError(
    "TOKEN_RESPONSE_INVALID",
    `The token response of ${provider} was refused${typeof code === "string" ? ` (${code})` : ""}.`,
    { provider },
  );
}
