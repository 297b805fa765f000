import type { ClientContext } from "../client-context.ts";
import { codeOfStatus, type OAuthErrorCode } from "../errors/codes.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { type Advice, isSecretField, providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import type { TokenRequestHookValue, TokenResponseHookValue } from "../hooks.ts";
import { parseBody } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { TransportResponse } from "../http/transport.ts";
import { basicCredentials } from "../oidc/basic-authentication.ts";
import { type BridgeRequest, callEndpoint, type EndpointKind } from "../oidc/bridge.ts";
import { type NamedEndpoint, unexpectedStatus, unusable } from "./endpoint-errors.ts";
import { type EndpointParameters, fieldsOf, formOf } from "./endpoint-parameters.ts";
import { readErrorResponse } from "./error-response.ts";
import { sendForm } from "./form-request.ts";

/** A request to an OAuth endpoint at which the client says who it is. */
export interface EndpointRequest {
  readonly kind: EndpointKind;
  readonly parameters: EndpointParameters;
  /** The parameters that no error may show. */
  readonly secrets: readonly (string | undefined)[];
  readonly signal?: AbortSignal | undefined;
  /** What to do next after an error, where the request says more than the error's code. */
  readonly advice?: Advice | undefined;
  /** Statuses of success, where it is not 200 alone. */
  readonly successes?: readonly number[];
  /** Whether a success may have nothing in it to read. */
  readonly bodyless?: boolean;
  /** Where the provider is mended on the way out and back. */
  readonly mend?: {
    request(value: TokenRequestHookValue): Promise<TokenRequestHookValue>;
    response(value: TokenResponseHookValue): Promise<TokenResponseHookValue>;
  };
}

/** A success of an OAuth endpoint. */
export interface EndpointAnswer extends TokenResponseHookValue {
  /** When it arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
}

const WHAT: Readonly<Record<EndpointKind, string>> = {
  token: "the token endpoint",
  revocation: "the revocation endpoint",
  introspection: "the introspection endpoint",
  deviceAuthorization: "the device authorization endpoint",
  pushedAuthorization: "the pushed authorization endpoint",
};

/**
 * Asks an OAuth endpoint: one request, never repeated, no redirect followed.
 *
 * @param read - Reads a success.
 * @throws OAuthError: the provider's own error, what the transport says, or `TOKEN_RESPONSE_INVALID`;
 * ConfigurationError when the provider has no such endpoint.
 */
export async function askEndpoint<Result>(
  context: ClientContext,
  request: EndpointRequest,
  read: (answer: EndpointAnswer, endpoint: NamedEndpoint) => Result,
): Promise<Result> {
  const { provider, clientId, clientSecret, clientAuthentication, clock } = context;
  const url = provider.endpoints[request.kind];
  const endpoint = { provider: provider.name, field: request.kind, what: WHAT[request.kind] };
  if (url === undefined) {
    throw new ConfigurationError(
      `${provider.name}, as it is defined,`,
      [
        `endpoints.${request.kind} is missing: the provider has none, or it was left out of defineProvider`,
      ],
      provider.name,
    );
  }
  return callEndpoint({
    provider: provider.name,
    issuer: provider.issuer,
    audience: provider.issuer ?? provider.endpoints.token,
    kind: request.kind,
    url,
    clientId,
    clientSecret,
    clientAuthentication,
    now: () => clock.now(),
    parameters: formOf(request.parameters),
    exchange: async (wire) => read(await exchange(context, request, endpoint, wire), endpoint),
  });
}

async function exchange(
  context: ClientContext,
  request: EndpointRequest,
  endpoint: NamedEndpoint,
  wire: BridgeRequest,
): Promise<EndpointAnswer> {
  const { provider, clock } = context;
  const asked: TokenRequestHookValue = {
    url: wire.url,
    method: "POST",
    headers: wire.headers,
    body: fieldsOf(wire.body),
  };
  const sent = (await request.mend?.request(asked)) ?? asked;
  refuseTwoProofs(context, sent);
  const response = await sendForm(context, endpoint, sent, request.signal);
  const receivedAt = clock.now();
  const retryAfter = parseRetryAfter(response.headers["retry-after"], receivedAt);
  const successes = request.successes ?? [200];
  const parsed = bodyOf(request, response);
  if (!parsed.ok) {
    throw successes.includes(response.status)
      ? unusable(endpoint, parsed.reason, "body", response)
      : unexpectedStatus(endpoint, response.status, response.headers, retryAfter);
  }
  const received = { status: response.status, headers: response.headers, body: parsed.value };
  const answer = (await request.mend?.response(received)) ?? received;
  const answered = readErrorResponse(provider, answer.body);
  if (answered) {
    throw providerError(answered, {
      provider: provider.name,
      what: REQUEST[request.kind],
      advice: request.advice,
      redactor: redactorFor(context, request, sent),
      aliases: provider.errorAliases,
      status: answer.status,
      retryAfter,
      code: codeOfAnswer(answered.error, answer.status),
    });
  }
  if (!successes.includes(answer.status)) {
    throw unexpectedStatus(endpoint, answer.status, answer.headers, retryAfter);
  }
  return { ...answer, receivedAt };
}

const WAITING = new Set(["authorization_pending", "slow_down"]);

/** What the status says, save where a device is to wait: some servers say that with 429 (RFC 8628 §3.5). */
function codeOfAnswer(error: string, status: number): OAuthErrorCode | undefined {
  return WAITING.has(error) ? undefined : codeOfStatus(status);
}

const REQUEST: Readonly<Record<EndpointKind, string>> = {
  token: "the token request",
  revocation: "the revocation",
  introspection: "the introspection",
  deviceAuthorization: "the device authorization request",
  pushedAuthorization: "the authorization request",
};

function bodyOf(
  { bodyless, successes = [200] }: EndpointRequest,
  { status, headers, body }: TransportResponse,
) {
  const parsed = parseBody(body, headers["content-type"]);
  // What a revocation endpoint says beside its status means nothing (RFC 7009 §2.2).
  return !parsed.ok && bodyless === true && successes.includes(status)
    ? { ok: true as const, value: {} }
    : parsed;
}

/** RFC 6749 §2.3: one way of client authentication in each request. */
function refuseTwoProofs(
  { provider }: ClientContext,
  { headers, body }: TokenRequestHookValue,
): void {
  const proofs = [
    /^basic /i.test(headers["authorization"] ?? "") && "the Authorization header",
    body["client_secret"] !== undefined && "client_secret",
    body["client_assertion"] !== undefined && "client_assertion",
  ].filter((place) => place !== false);
  if (proofs.length < 2) return;
  throw new ConfigurationError(
    "The client authentication",
    [`it is in ${proofs.join(" and in ")} at once: choose one (RFC 6749 §2.3)`],
    provider.name,
  );
}

function redactorFor(
  { clientId, clientSecret }: ClientContext,
  { secrets }: EndpointRequest,
  { headers, body }: TokenRequestHookValue,
): Redactor {
  // Not the client's own fields alone: a hook, a caller and a client authentication of its own add theirs.
  const named = Object.entries({ ...headers, ...body }).flatMap(([name, value]) =>
    isSecretField(name) ? value : [],
  );
  return new Redactor([
    clientSecret,
    clientSecret && basicCredentials(clientId, clientSecret),
    headers["authorization"]?.replace(/^\w+ /, ""),
    ...named,
    ...secrets,
  ]);
}
