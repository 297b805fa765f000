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
export interface BridgeCall {
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
  /** Sends the request and answers with what openid-client may see of the response: the RFC to the letter. */
  readonly exchange: (request: BridgeRequest) => Promise<Readonly<Record<string, unknown>>>;
}

const METADATA: Readonly<Record<EndpointKind, string>> = {
  token: "token_endpoint",
  revocation: "revocation_endpoint",
  introspection: "introspection_endpoint",
  deviceAuthorization: "device_authorization_endpoint",
  pushedAuthorization: "pushed_authorization_request_endpoint",
};

/**
 * Has openid-client make a request to an OAuth endpoint: client authentication, form and headers are its work.
 *
 * The response is read by `exchange`, whose errors come out as they are; what openid-client finds beyond
 * that is `TOKEN_RESPONSE_INVALID`, without its `cause`, which holds the response.
 */
export async function callEndpoint(call: BridgeCall): Promise<void> {
  const { origin } = new URL(call.url);
  const authenticate: (...request: Parameters<ClientAuth>) => unknown = await clientAuth(call);
  let failure: unknown;
  const configuration = new Configuration(
    {
      issuer: call.issuer ?? origin,
      authorization_endpoint: origin,
      [METADATA[call.kind]]: call.url,
    },
    call.clientId,
    {},
    async (...request) => {
      try {
        await authenticate(...request);
      } catch (error) {
        failure = error;
        throw error;
      }
    },
  );
  prepare(configuration, async (url, options) => {
    try {
      const seen = await call.exchange({
        url,
        method: options.method,
        headers: options.headers,
        body: new URLSearchParams(options.body as URLSearchParams),
      });
      return Response.json(seen, { status: call.kind === "pushedAuthorization" ? 201 : 200 });
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  try {
    await OPERATIONS[call.kind](configuration, new URLSearchParams(call.parameters));
  } catch (error) {
    throw failure ?? refusal(call.provider, error);
  }
}

type Operation = (configuration: Configuration, parameters: URLSearchParams) => Promise<unknown>;

/** Takes a parameter that openid-client wants by itself. */
function taken(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name) ?? "";
  parameters.delete(name);
  return value;
}

const OPERATIONS: Readonly<Record<EndpointKind, Operation>> = {
  token: (configuration, parameters) =>
    genericGrantRequest(configuration, taken(parameters, "grant_type"), parameters),
  revocation: (configuration, parameters) =>
    tokenRevocation(configuration, taken(parameters, "token"), parameters),
  introspection: (configuration, parameters) =>
    tokenIntrospection(configuration, taken(parameters, "token"), parameters),
  deviceAuthorization: initiateDeviceAuthorization,
  pushedAuthorization: buildAuthorizationUrlWithPAR,
};

/** A server's metadata, as openid-client checked it (RFC 8414 §3, OpenID Connect Discovery §4). */
export async function discoverServer({
  issuer,
  algorithm,
  exchange,
}: {
  readonly issuer: string;
  readonly algorithm: "oidc" | "oauth2";
  /** The document at a URL. */
  readonly exchange: (url: string) => Promise<Readonly<Record<string, unknown>>>;
}): Promise<Readonly<Record<string, unknown>>> {
  let document: Readonly<Record<string, unknown>> = {};
  let failure: unknown;
  try {
    await discovery(new URL(issuer), "discovery", undefined, None(), {
      algorithm,
      execute: [allowInsecureRequests],
      timeout: 0,
      [customFetch]: async (url) => {
        try {
          document = await exchange(url);
          return Response.json(document);
        } catch (error) {
          failure = error;
          throw error;
        }
      },
    });
    return document;
  } catch (error) {
    throw failure ?? error;
  }
}

function prepare(
  configuration: Configuration,
  fetch: NonNullable<Configuration[typeof customFetch]>,
): void {
  // Our own validation has refused http elsewhere than on this machine.
  allowInsecureRequests(configuration);
  // The transport has the deadline; a second one would only differ from it.
  configuration.timeout = 0;
  configuration[customFetch] = fetch;
}

async function clientAuth(call: BridgeCall): Promise<ClientAuth> {
  const { clientAuthentication: chosen, clientId, clientSecret, url } = call;
  if (typeof chosen === "function") {
    return (_server, _client, form, headers) =>
      chosen({ url, clientId, clientSecret, form, headers }) as void;
  }
  if (typeof chosen === "object") return assertingAuth(call, chosen);
  if (chosen === "none" || clientSecret === undefined) return None();
  if (chosen === "post") return ClientSecretPost(clientSecret);
  const pair =
    chosen === "basic" ? [clientId, clientSecret].map(formEncoded) : [clientId, clientSecret];
  return (_server, _client, _form, headers) =>
    headers.set("authorization", `Basic ${basicCredentials(pair.join(":"))}`);
}

/**
 * As a form has it (RFC 6749 §2.3.1). openid-client encodes hyphens and dots as well, which is allowed, and which a
 * server that does not decode takes for another client; most IDs and secrets have nothing else to encode.
 */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

/** Credentials as HTTP Basic has them (RFC 7617). */
export function basicCredentials(pair: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(pair)));
}

async function assertingAuth(
  call: BridgeCall,
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

function refusal(provider: string, error: unknown): OAuthError {
  const { code } = (error ?? {}) as Record<string, unknown>;
  return OAuthError.isInstance(error)
    ? error
    : new OAuthError(
        "TOKEN_RESPONSE_INVALID",
        `The token response of ${provider} was refused${typeof code === "string" ? ` (${code})` : ""}.`,
        { provider },
      );
}
