import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { isSecretField } from "../errors/error-fields.ts";
import type { Advice } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { TokenRequestHookValue, TokenResponseHookValue } from "../hooks.ts";
import { parseBody, parseListOrText } from "../http/response-body.ts";
import { type SendOnce, sendWithRetries } from "../http/endpoint-retries.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { TransportResponse } from "../http/transport.ts";
import { basicCredentials } from "../oidc/basic-authentication.ts";
import { type BridgeRequest, callEndpoint, type EndpointKind } from "../oidc/bridge.ts";
import { ownFields } from "../options/own-fields.ts";
import { errorOfAnswer, type NamedEndpoint, unusable } from "./endpoint-errors.ts";
import { type EndpointParameters, fieldsOf, formOf } from "./endpoint-parameters.ts";
import { missingEndpoint } from "./missing-endpoint.ts";
import { headersOfBody, withPlainNames } from "./request-body.ts";
import { sendFields } from "./send-fields.ts";

/** A request to an OAuth endpoint that authenticates the client. */
export interface EndpointRequest {
  readonly kind: EndpointKind;
  /** Where the request goes, if not by POST to the provider's endpoint of this kind. */
  readonly at?: {
    readonly url: string;
    /** With GET, the parameters are in the query. */
    readonly method: "GET" | "POST";
    /** The option of the definition that has the URL, for errors. */
    readonly option: string;
    /** Whether the client authenticates. */
    readonly authenticates: boolean;
  };
  readonly parameters: EndpointParameters;
  /** Values that no error may show. */
  readonly secrets: readonly (string | undefined)[];
  readonly signal?: AbortSignal | undefined;
  /** When the exchange must be over, in milliseconds since the epoch; by default when the client's timeout is. */
  readonly until?: number | undefined;
  /** What to do next after an error, where this request knows better than the error's code. */
  readonly advice?: Advice | undefined;
  /** Statuses of success, where it is not 200 alone. */
  readonly successes?: readonly number[];
  /**
   * Whether the request may be repeated after a transient failure, because it neither spends nor rotates anything
   * (RFC 9110 §9.2.2).
   *
   * @defaultValue `false`
   */
  readonly repeatable?: boolean;
  /** Whether a success may have an empty or unreadable body. */
  readonly bodyless?: boolean;
  /** Hooks that adjust the request and the response for provider quirks. */
  readonly hooks?: {
    request(value: TokenRequestHookValue): Promise<TokenRequestHookValue>;
    response(value: TokenResponseHookValue): Promise<TokenResponseHookValue>;
  };
}

/** A success response of an OAuth endpoint. */
export interface EndpointAnswer extends TokenResponseHookValue {
  /** When it arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Builds the error for a field that cannot be used (`TOKEN_RESPONSE_INVALID`); the reason must hold no secret. */
  readonly unusable: (field: string, reason: string, description?: string) => OAuthError;
  /** Removes the secrets of the request and, further, of the response from a text. */
  readonly redactor: (further: readonly string[]) => Redactor;
}

/** Bytes. */
const LARGEST_RESPONSE = 1024 * 1024;

/** The headers of a request that does not authenticate the client. */
const ANONYMOUS = { accept: "application/json" } as const;

/** What errors call each endpoint, and a request to it. */
const WORDS: Readonly<Record<EndpointKind, readonly [endpoint: string, request: string]>> = {
  token: ["the token endpoint", "the token request"],
  revocation: ["the revocation endpoint", "the revocation"],
  introspection: ["the introspection endpoint", "the introspection"],
  deviceAuthorization: ["the device authorization endpoint", "the device authorization request"],
  pushedAuthorization: ["the pushed authorization endpoint", "the authorization request"],
};

/**
 * Asks an OAuth endpoint with client authentication: one request, which is repeated only where it may be. Each attempt has
 * its own proof of the client. Redirects are refused.
 *
 * @param read - Reads a success response.
 * @returns What `read` made of it.
 * @throws OAuthError with the provider's own error, with the transport's (`NETWORK_ERROR`, `TIMEOUT`, …), or
 * `TOKEN_RESPONSE_INVALID`; ConfigurationError when the provider has no such endpoint.
 */
export async function askEndpoint<Result>(
  context: ClientContext,
  given: EndpointRequest,
  read: (answer: EndpointAnswer) => Result,
): Promise<Result> {
  const { clock, provider, transport, endpointTimeout } = context;
  const request = ownFields(given);
  const { kind, at, parameters, signal, repeatable = false } = request;
  const url = at?.url ?? provider.endpoints[kind];
  if (url === undefined) {
    const problem = missingEndpoint(provider, kind);
    throw new ConfigurationError(`The provider ${provider.name}`, [problem], provider.name);
  }
  const call = {
    url,
    timeout: endpointTimeout,
    maxBytes: LARGEST_RESPONSE,
    what: WORDS[kind][0],
    signal,
  };
  const attempt = async (send: SendOnce): Promise<Result> => {
    const form = formOf(parameters);
    const exchangeOnce = async (wire: BridgeRequest): Promise<Result> =>
      read(await exchange(context, request, wire, send));
    if (at?.authenticates === false) {
      return exchangeOnce({ url, method: "POST", headers: ANONYMOUS, body: form });
    }
    const asked = callEndpoint(context, { kind, url, parameters: form, exchange: exchangeOnce });
    return asked.catch((error: unknown) => {
      if (OAuthError.isInstance(error) && error.code === "INVALID_CLIENT") context.secret.refused();
      throw error;
    });
  };
  if (repeatable) return sendWithRetries(context, call, attempt);
  // One time limit for the two requests of a proof of possession that needs a nonce.
  let { until } = request;
  return attempt((wire) => {
    until ??= clock.now() + endpointTimeout;
    return transport.send({ ...call, until, ...wire });
  });
}

async function exchange(
  context: ClientContext,
  request: EndpointRequest,
  wire: BridgeRequest,
  sendOnce: SendOnce,
): Promise<EndpointAnswer> {
  const { provider, clock } = context;
  const { kind, hooks, successes = [200], bodyless = false } = request;
  const [, whatRequest] = WORDS[kind];
  const endpoint = namedEndpoint(provider.name, request);
  const built = hookValueOf(provider, request, wire);
  const sent = withPlainNames((await hooks?.request(built)) ?? built);
  refuseTwoProofs(context, sent);
  const response = await sendFields(context, kind, sent, sendOnce);
  const receivedAt = clock.now();
  const { status, headers } = response;
  const retryAfter = parseRetryAfter(headers["retry-after"], receivedAt);
  const isSuccess = successes.includes(status);
  const refused = {
    provider,
    endpoint,
    what: whatRequest,
    advice: request.advice,
    successes,
    redactor: (further: readonly string[]) => redactorFor(context, request, sent, further),
  };
  const parsed = bodyOf(response, bodyless && isSuccess);
  if (!parsed.ok) {
    const other = isSuccess ? undefined : parseListOrText(response.body);
    throw (
      errorOfAnswer(refused, { status, headers, body: other }, retryAfter) ??
      unusable(endpoint, parsed.reason, "body", response)
    );
  }
  const received = { status, headers, body: parsed.value };
  const answer = (await hooks?.response(received)) ?? received;
  const error = errorOfAnswer(refused, answer, retryAfter);
  if (error) throw error;
  return {
    ...answer,
    receivedAt,
    unusable: (field, reason, description) =>
      unusable(endpoint, `${field} ${reason}`, field, answer, description),
    redactor: refused.redactor,
  };
}

function hookValueOf(
  provider: ClientContext["provider"],
  { at }: EndpointRequest,
  { url, headers, body }: BridgeRequest,
): TokenRequestHookValue {
  return {
    url,
    method: at?.method ?? "POST",
    headers: headersOfBody(provider, headers),
    body: fieldsOf(body),
  };
}

function namedEndpoint(provider: string, { kind, at }: EndpointRequest): NamedEndpoint {
  return { provider, option: at?.option ?? `endpoints.${kind}`, what: WORDS[kind][0] };
}

function bodyOf({ headers, body }: TransportResponse, isOptional: boolean) {
  const parsed = parseBody(body, headers["content-type"]);
  // The body of a successful revocation means nothing (RFC 7009 §2.2).
  return parsed.ok || !isOptional ? parsed : { ok: true as const, value: {} };
}

/** Refuses a request that authenticates the client twice (RFC 6749 §2.3). */
function refuseTwoProofs(
  { provider }: ClientContext,
  { headers, body }: TokenRequestHookValue,
): void {
  const proofs = ["client_secret", "client_assertion"].filter(
    (name) => ownFields(body)[name] !== undefined,
  );
  if (/^basic /i.test(ownFields(headers)["authorization"] ?? ""))
    proofs.unshift("the Authorization header");
  if (proofs.length < 2) return;
  const problem = `it is in ${proofs.join(" and in ")} at once: choose one (RFC 6749 §2.3)`;
  throw new ConfigurationError("The client authentication", [problem], provider.name);
}

function redactorFor(
  { clientId, secret }: ClientContext,
  { secrets }: EndpointRequest,
  { headers, body }: TokenRequestHookValue,
  further: readonly string[],
): Redactor {
  // By their names too: hooks, callers and client authentication functions add fields of their own.
  const named = Object.entries({ ...headers, ...body }).flatMap(([name, value]) =>
    isSecretField(name) ? value : [],
  );
  return new Redactor([
    ...secret.known.flatMap((known) => [known, basicCredentials(clientId, known)]),
    ownFields(headers)["authorization"]?.replace(/^\w+ /, ""),
    ...named,
    ...secrets,
    ...further,
  ]);
}
