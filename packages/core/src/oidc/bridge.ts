import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  genericGrantRequest,
  None,
} from "openid-client";
import { OAuthError } from "../errors/oauth-error.ts";
import type { ClientAuthentication } from "../provider.ts";

/** A request as openid-client wants it sent. */
export interface BridgeRequest {
  readonly url: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: URLSearchParams;
}

/** A token request in openid-client's terms. */
export interface GrantRequest {
  readonly provider: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  readonly grant: string;
  readonly parameters: URLSearchParams;
  /** Sends the request and answers with what openid-client may see of the response: RFC 6749 to the letter. */
  readonly exchange: (request: BridgeRequest) => Promise<Record<string, unknown>>;
}

/**
 * Has openid-client make a token request: client authentication, form and headers are its work.
 *
 * The response is read by `exchange`, whose errors come out as they are; what openid-client finds beyond
 * that is `TOKEN_RESPONSE_INVALID`, without its `cause`, which holds the response.
 */
export async function requestGrant(request: GrantRequest): Promise<void> {
  const configuration = new Configuration(
    { issuer: request.issuer, token_endpoint: request.tokenEndpoint },
    request.clientId,
    {},
    clientAuth(request),
  );
  // Our own validation has refused http elsewhere than on this machine.
  allowInsecureRequests(configuration);
  // The transport has the deadline; a second one would only differ from it.
  configuration.timeout = 0;
  let failure: unknown;
  configuration[customFetch] = async (url, options) => {
    try {
      const seen = await request.exchange({
        url,
        method: options.method,
        headers: options.headers,
        body: new URLSearchParams(options.body as URLSearchParams),
      });
      return Response.json(seen);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  try {
    await genericGrantRequest(configuration, request.grant, request.parameters);
  } catch (error) {
    throw failure ?? refusal(request.provider, error);
  }
}

function clientAuth({ clientAuthentication, clientSecret }: GrantRequest): ClientAuth {
  if (clientAuthentication === "none" || clientSecret === undefined) return None();
  return clientAuthentication === "basic"
    ? ClientSecretBasic(clientSecret)
    : ClientSecretPost(clientSecret);
}

function refusal(provider: string, error: unknown): OAuthError {
  const { code } = (error ?? {}) as Record<string, unknown>;
  return new OAuthError(
    "TOKEN_RESPONSE_INVALID",
    `The token response of ${provider} was refused${typeof code === "string" ? ` (${code})` : ""}.`,
    { provider },
  );
}
