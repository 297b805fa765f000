import { brokenAnswer } from "../endpoints/broken-answer.ts";
import { readErrorResponse } from "../endpoints/error-response.ts";
import { codeOfStatus, type OAuthErrorCode } from "../errors/error-codes.ts";
import { secretsOf } from "../errors/error-fields.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { type Advice, providerError, type ProviderErrorBody } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { jsonOrText } from "../http/response-body.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { definedFields, ownFields } from "../options/own-fields.ts";
import { type Fields, readFields, readJsonFields } from "../options/read-fields.ts";
import type { Provider } from "../provider.ts";
import type { SessionRequestInit } from "../requests/fetch-options.ts";
import { jsonObject } from "../tokens/json-object.ts";
import { type OAuth2Session, requestSenderOf } from "./session.ts";

/** A request to an API whose answer Grantkit itself reads, for the calls that only one provider has. */
export interface ApiCall extends Pick<
  SessionRequestInit,
  "body" | "maxContentLength" | "method" | "retries" | "timeout" | "withholdToken"
> {
  /** What is asked for, for errors: `"the check of a token"`. */
  readonly what: string;
  /** The URL, or a path of the API. */
  readonly url: string;
  /** The request's headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body as JSON, in the place of `body`. */
  readonly json?: object | undefined;
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined;
  /** The `Authorization` header in the place of the session's token. */
  readonly authorization?: string;
  /** What no error may show, beside the secrets of the session and its client. */
  readonly secrets?: readonly (string | undefined)[];
  /** Grantkit's code for a status, where the body of the error says nothing more exact. */
  readonly codes?: Readonly<Record<number, OAuthErrorCode>>;
  /** What to do next after an error, a `NETWORK_ERROR` too. */
  readonly advice?: Advice | undefined;
  /** Whether an answer with a status of success is an error all the same, by its fields. */
  readonly isRefused?: (body: Fields) => boolean;
  /** Builds the error of a refusal, where that is not the one of any provider. */
  readonly refusal?: (refused: RefusedCall) => OAuthError;
}

/** An answer with an error status, without the secrets that it repeats. */
export interface RefusedCall {
  /** The HTTP status. */
  readonly status: number;
  /** A header's value, by its name. */
  readonly header: (name: string) => string | null;
  /** The fields of its JSON; none for any other body. */
  readonly body: Fields;
  /** When it arrived, in milliseconds since the epoch. */
  readonly now: number;
  /** Builds the usual error. */
  readonly error: (told: ProviderErrorBody) => OAuthError;
}

/** An answer with a status of success. */
export interface ApiCallAnswer {
  /** The body. */
  readonly text: string;
  /** A header's value, by its name. */
  readonly header: (name: string) => string | null;
  /**
   * Reads the fields of the body.
   *
   * @throws OAuthError as {@link ApiCallAnswer.unusable} builds it, where the body is no JSON object.
   */
  readonly fields: () => Fields;
  /**
   * Builds the error for an answer that cannot be used: `API_REQUEST_FAILED` for one that is something else, or
   * `TOKEN_RESPONSE_INVALID` for one whose field, which is in the error's `details`, is missing or wrong.
   */
  readonly unusable: (field?: string) => OAuthError;
}

/** Bytes. */
const LARGEST_ANSWER = 1024 * 1024;

/**
 * Sends a request to an API, and reads its answer, by default of at most 1 MiB. Redirects are not followed: another host
 * must not answer in the provider's place.
 *
 * @throws OAuthError: what the session's `fetch` throws, and `NETWORK_ERROR` or `TIMEOUT` for an answer that breaks off; for an
 * error status what the provider's `readError` makes of it, or else `TOKEN_REJECTED` (401), `RATE_LIMITED`, `SERVER_ERROR` or
 * `API_REQUEST_FAILED`; `ABORTED` by `signal`. No error has a secret.
 */
export async function callApi(session: OAuth2Session, given: ApiCall): Promise<ApiCallAnswer> {
  const call = ownFields(given);
  const response = await session.fetch(call.url, requestOf(call)).catch((error: unknown) => {
    throw aborted(session, call) ?? unreached(error, call.advice);
  });
  const { status, headers } = response;
  const text = await response.text().catch((failure: unknown) => {
    throw aborted(session, call) ?? unreached(brokenOff(session, call.what, failure), call.advice);
  });
  const header = (name: string): string | null => headers.get(name);
  const unusable = (field?: string): OAuthError =>
    unusableAnswer(session, call.what, status, field);
  const isRefused = status >= 400 || call.isRefused?.(readJsonFields(text)) === true;
  if (isRefused) throw refusalOf(session, call, { status, header }, text);
  if (!response.ok) throw unusable();
  const fields = (): Fields => {
    const found = jsonObject(text);
    if (found) return readFields(found);
    throw unusable();
  };
  return { text, header, fields, unusable };
}

function requestOf(call: ApiCall): SessionRequestInit {
  const { authorization, body, headers, json, method, retries, signal, timeout } = call;
  return definedFields<unknown>({
    body: json ? JSON.stringify(json) : body,
    headers: definedFields({
      ...headers,
      "content-type": json && "application/json",
      authorization,
    }),
    method,
    retries,
    signal,
    timeout,
    withholdToken: call.withholdToken ?? authorization !== undefined,
    redirect: "manual",
    maxContentLength: call.maxContentLength ?? LARGEST_ANSWER,
  });
}

/** Builds the error of a call that its caller aborted, which `fetch` would throw as the signal's reason. */
function aborted(session: OAuth2Session, { what, signal }: ApiCall): OAuthError | undefined {
  if (signal?.aborted !== true) return undefined;
  const { name: provider } = requestSenderOf(session).context.client.provider;
  return new OAuthError("ABORTED", `The call to ${provider} for ${what} was aborted.`, {
    provider,
  });
}

function brokenOff(session: OAuth2Session, what: string, failure: unknown): OAuthError {
  const { name: provider } = requestSenderOf(session).context.client.provider;
  return brokenAnswer(provider, `The answer of ${provider} to ${what}`, failure);
}

/** Adds the advice to the error of a server that cannot be reached. */
function unreached(error: unknown, advice: Advice | undefined): unknown {
  const next = typeof advice === "string" ? advice : advice?.NETWORK_ERROR;
  if (!OAuthError.isInstance(error) || error.code !== "NETWORK_ERROR" || !next) return error;
  const { provider, details, retryable, message } = error;
  return new OAuthError(error.code, `${message} ${next}`, { provider, details, retryable });
}

function refusalOf(
  session: OAuth2Session,
  { what, authorization, secrets = [], codes = {}, advice, refusal }: ApiCall,
  { status, header }: Pick<RefusedCall, "status" | "header">,
  text: string,
): OAuthError {
  const { context, authorizer } = requestSenderOf(session);
  const provider = context.client.provider as Provider;
  const now = context.client.clock.now();
  const credential = authorization?.replace(/^\w+ /, "");
  const known = [...authorizer.secrets, credential, ...secrets];
  const body = jsonOrText(new Redactor(known).text(text));
  const error = (told: ProviderErrorBody): OAuthError =>
    providerError(told, {
      provider: provider.name,
      what,
      status,
      advice,
      redactor: new Redactor([...known, ...secretsOf(body, told.error)]),
      code: codes[status] ?? codeOf(status),
      retryAfter: parseRetryAfter(header("retry-after") ?? undefined, now),
    });
  if (refusal) return refusal({ status, header, body: readFields(body), now, error });
  return error(readErrorResponse(provider, body, status) ?? { error: `status ${status}` });
}

function codeOf(status: number): OAuthErrorCode {
  return status === 401 ? "TOKEN_REJECTED" : (codeOfStatus(status) ?? "API_REQUEST_FAILED");
}

function unusableAnswer(
  session: OAuth2Session,
  what: string,
  status: number,
  field: string | undefined,
): OAuthError {
  const { name: provider } = requestSenderOf(session).context.client.provider;
  const reason = field === undefined ? "it is something else" : `${field} is missing or wrong`;
  const message = `The answer of ${provider} to ${what} cannot be used: ${reason} (status ${status}). Check the client's endpoints, and any proxy in between.`;
  return field === undefined
    ? new OAuthError("API_REQUEST_FAILED", message, { provider, status })
    : new OAuthError("TOKEN_RESPONSE_INVALID", message, { provider, status, details: { field } });
}
