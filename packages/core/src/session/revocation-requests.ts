import type {
  ClientRevocationRequest,
  RevocationApi,
  RevocationRequest,
} from "../endpoints/revocation-api.ts";
import { readErrorResponse } from "../endpoints/error-response.ts";
import { writtenBody } from "../endpoints/endpoint-parameters.ts";
import { revocationProblems } from "../endpoints/revocation-rules.ts";
import { ConfigurationError, throwProblems } from "../errors/configuration-error.ts";
import { codeOfStatus, type OAuthErrorCode } from "../errors/error-codes.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { networkCode } from "../http/network-errors.ts";
import { jsonOrText } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { basicAuthorization } from "../oidc/basic-authentication.ts";
import { clientParameterNames } from "../oidc/client-parameters.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";
import type { SessionRequestInit } from "../requests/fetch-options.ts";
import type { Token } from "../tokens/token.ts";
import { tokenToRevoke } from "./token-to-revoke.ts";
import { createSession } from "./session.ts";
import type { SessionContext } from "./session-context.ts";

/** Bytes. */
const LARGEST_ANSWER = 1024 * 1024;

/** Errors after which a token is known to have ended. */
const ENDED = new Set<OAuthErrorCode>(["TOKEN_EXPIRED", "TOKEN_REJECTED", "INVALID_GRANT"]);

/** Makes what a provider's `revoke` function sends requests with. */
export function revocationApi(
  context: SessionContext,
  token: Token,
  signal: AbortSignal | undefined,
): RevocationApi {
  const { client } = context;
  const holder = tokenToRevoke(client, token);
  const send = (request: RevocationRequest, sent: SentRequest): Promise<unknown> => {
    const source = holder.source;
    // A session that has none of the caller's options: the token goes to the API's origins only.
    const session = createSession(context, source, ownFields({ refresh: "manual" }));
    const init = { ...sent.init, ...(signal && { signal }) };
    const secrets = [token, source.current].flatMap((each) => [
      each.accessToken,
      each.refreshToken,
    ]);
    return ask(context, (options) => session.fetch(sent.url, options), request, {
      ...sent,
      init,
      secrets: [...secrets, ...(sent.secrets ?? [])],
    });
  };
  return Object.freeze<RevocationApi>({
    clientId: client.clientId,
    async withToken(given) {
      const request = ownOptions(given);
      const problems = revocationProblems(request, false);
      throwProblems("withToken() of the revoke function", problems, client.provider.name);
      const sent = { url: request.url, init: bodyOf(request), refused: "TOKEN_REJECTED" } as const;
      try {
        await holder.ensureFresh();
        return await send(request, sent).catch(async (error: unknown) => {
          // Its refresh token would live on.
          if (!isEnded(error) || !(await holder.refreshOnce())) throw error;
          return send(request, sent);
        });
      } catch (error) {
        if (isEnded(error)) return undefined;
        throw error;
      }
    },
    async withClient(given) {
      const request = ownOptions(given);
      const problems = revocationProblems(request, true);
      throwProblems("withClient() of the revoke function", problems, client.provider.name);
      return send(request, await authenticated(context, request));
    },
  });
}

function isEnded(error: unknown): boolean {
  return OAuthError.isInstance(error) && (ENDED.has(error.code) || error.error === "invalid_token");
}

/** A request as it is sent, and what its errors are made of. */
interface SentRequest {
  readonly url: string;
  readonly init: SessionRequestInit;
  /** What a 401 means. */
  readonly refused: OAuthErrorCode;
  readonly secrets?: readonly (string | undefined)[];
}

function bodyOf(
  { method, json, form }: RevocationRequest,
  further: Readonly<Record<string, string>> = {},
): SessionRequestInit {
  const fields = Object.keys(further).length > 0 ? { ...further, ...json } : json;
  const written = writtenBody(form ? new URLSearchParams({ ...further, ...form }) : fields);
  if (!written) return { method };
  return { method, headers: { "content-type": written.contentType }, body: written.body };
}

/**
 * Adds the client's credentials to a request.
 *
 * @throws ConfigurationError for a client without a secret; OAuthError with code `ORIGIN_NOT_ALLOWED`.
 */
async function authenticated(
  { client, origins }: SessionContext,
  request: ClientRevocationRequest,
): Promise<SentRequest> {
  const { provider, clientId, secret } = client;
  const clientSecret = await secret.get();
  if (clientSecret === undefined) {
    const problem = `the client needs a clientSecret: ${provider.name} revokes tokens only for the authenticated app`;
    throw new ConfigurationError("The revocation of a token", [problem], provider.name);
  }
  const url = origins.resolveUnguarded(request.url);
  // Not a base that comes with the token: what a token response says must not decide where the secret goes.
  const trusted = [provider.api?.baseUrl, provider.endpoints.token];
  if (!trusted.some((each) => typeof each === "string" && new URL(each).origin === url.origin)) {
    const message = `The client secret was not sent to ${url.origin}: it goes to the origins of api.baseUrl and endpoints.token only.`;
    const details = { origin: url.origin };
    throw new OAuthError("ORIGIN_NOT_ALLOWED", message, { provider: provider.name, details });
  }
  const { clientParameters } = provider;
  const usual = clientParameters === undefined ? "basic" : clientParameterNames(clientParameters);
  const { credentials = usual } = request;
  // As the provider's OAuth endpoints have it, where they use HTTP Basic; an API takes the secret as it is (RFC 7617).
  const way = client.clientAuthentication === "basic" ? "basic" : "basicRaw";
  const authorization = basicAuthorization(way, clientId, clientSecret);
  const sent = ownFields(
    typeof credentials === "object"
      ? bodyOf(request, { [credentials.id]: clientId, [credentials.secret]: clientSecret })
      : bodyOf(request),
  );
  const headers = {
    ...(sent.headers as Readonly<Record<string, string>> | undefined),
    ...(credentials === "basic" && { authorization }),
  };
  return {
    url: url.href,
    init: { ...sent, headers, withholdToken: true },
    refused: "INVALID_CLIENT",
    secrets: [clientSecret, authorization.slice("Basic ".length)],
  };
}

async function ask(
  { client }: SessionContext,
  send: (init: SessionRequestInit) => Promise<Response>,
  { isGone }: RevocationRequest,
  { init, refused, secrets = [] }: SentRequest,
): Promise<unknown> {
  const { provider, clock, secret } = client;
  const exchange = async () => {
    const response = await send({ ...init, redirect: "error", maxContentLength: LARGEST_ANSWER });
    return { response, body: jsonOrText(await response.text()) };
  };
  const { response, body } = await exchange().catch((error: unknown) => {
    throw unanswered(provider.name, error);
  });
  const { status, headers } = response;
  const told = readErrorResponse(provider, body, status);
  if (status < 400 && !told) return body;
  if (isGone?.({ status, body }) === true) return body;
  const { error } = told ?? { error: `status ${status}` };
  throw providerError(told ?? { error }, {
    provider: provider.name,
    what: "the revocation",
    redactor: new Redactor([...secret.known, ...secrets, ...secretsOf(body, error)]),
    aliases: provider.errorAliases,
    code: codeOfStatus(status) ?? (status === 401 ? refused : undefined),
    fallback: "API_REQUEST_FAILED",
    advice: { API_REQUEST_FAILED: ADVICE },
    status,
    retryAfter: parseRetryAfter(headers.get("retry-after") ?? undefined, clock.now()),
  });
}

const ADVICE =
  "The token may still be valid. Check the token, the provider's endpoints, and any proxy in between.";

/** Builds the error of a request without an answer; an error of axios would have the client's secret. */
function unanswered(provider: string, error: unknown): unknown {
  if (OAuthError.isInstance(error)) return error;
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  if (name === "AbortError" || code === "ERR_CANCELED") {
    return new OAuthError("ABORTED", `The revocation at ${provider} was aborted.`, { provider });
  }
  const details = { networkCode: networkCode(error) };
  const message = `${provider} could not be reached (${details.networkCode}), so the token may still be valid. Try again.`;
  return new OAuthError("NETWORK_ERROR", message, { provider, retryable: true, details });
}
