import type { AxiosError, AxiosHeaders, AxiosResponse, InternalAxiosRequestConfig } from "axios";
import type { OAuthError } from "../errors/oauth-error.ts";
import type { Redactor } from "../errors/redaction.ts";
import type { Deadline } from "../http/deadline.ts";
import type { LoadedAxios } from "../http/http-options.ts";
import { isTooLarge, networkCode } from "../http/network-errors.ts";
import { tooLarge } from "../http/response-limit.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { asApiError } from "./api-error.ts";
import type { Authorization } from "./authorizer.ts";
import type { Arrival } from "./hop-sender.ts";
import { redactorOf, type RequestSender, timedOut } from "./request-context.ts";

/** A failed axios request, and what its error is made of. */
export interface AxiosExchange {
  readonly session: RequestSender;
  readonly loaded: LoadedAxios;
  readonly config: InternalAxiosRequestConfig;
  readonly deadline: Deadline;
}

const SPENT_STREAM =
  ". The session refreshed the token, but cannot send a stream again: repeat the request with a new stream.";

/**
 * Throws for an error status, as axios's own `settle` does, with an error that holds no secret.
 *
 * @throws AxiosError that {@link isApiError} recognizes.
 */
export function settle(
  session: RequestSender,
  { axios: { AxiosError } }: LoadedAxios,
  response: AxiosResponse,
  { authorization, unrepeated }: Pick<Arrival<unknown>, "authorization" | "unrepeated">,
): void {
  const { config } = response;
  const { validateStatus } = config;
  if (!validateStatus || validateStatus(response.status)) return;
  redact(response, redactorOf(session, authorization));
  const code = response.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  response.config = withoutPassword(config);
  const error = new AxiosError(
    `Request failed with status code ${response.status}${unrepeated ? SPENT_STREAM : ""}`,
    code,
    response.config,
    undefined,
    response,
  );
  const { clock } = session.context.client;
  throw asApiError(error, parseRetryAfter(headerOf(response, "retry-after"), clock.now()));
}

/** Redacts the response in an error: a server may repeat the token that it was sent. */
function redact(response: AxiosResponse, redactor: Redactor): void {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    return typeof value === "string" ? redactor.text(value) : value;
  };
  response.statusText = clean(response.statusText) as string;
  for (const [name, value] of Object.entries(response.headers)) {
    response.headers[name] = clean(value);
  }
  const { data } = response as { data: unknown };
  if (ArrayBuffer.isView(data)) {
    redactor.bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  } else if (Object.prototype.toString.call(data) === "[object ArrayBuffer]") {
    redactor.bytes(new Uint8Array(data as ArrayBuffer));
  } else if (typeof data === "string") response.data = redactor.text(data);
}

/** Makes the error of a request without a response. axios's own error holds the request with its token. */
export function interrupted(
  { session, loaded, config, deadline }: AxiosExchange,
  error: unknown,
  url: URL,
  authorization: Authorization | undefined,
): AxiosError | OAuthError {
  const { AxiosError, isCancel } = loaded.axios;
  const provider = session.context.client.provider.name;
  if (deadline.expired) return timedOut(provider, url, deadline.milliseconds);
  if (deadline.signal.aborted || isCancel(error)) {
    return aborted(loaded, config, isCancel(error) ? (error as Error).message : undefined);
  }
  if (isTooLarge(error)) return tooLarge(provider, url);
  const message = redactorOf(session, authorization).line(
    error instanceof Error || typeof (error as Error | null)?.message === "string"
      ? (error as Error).message
      : "no answer",
  );
  return new AxiosError(message, networkCode(error), withoutPassword(config));
}

/** Makes the error of a request that the caller aborted. */
export function aborted(
  { axios: { CanceledError } }: LoadedAxios,
  config: InternalAxiosRequestConfig,
  reason?: string,
): AxiosError {
  return new CanceledError(reason, withoutPassword(config) as never);
}

/** The config that an error shows: without the caller's name and password for HTTP Basic. */
function withoutPassword({ auth: _auth, ...config }: InternalAxiosRequestConfig) {
  return config as InternalAxiosRequestConfig;
}

/** A response's header, whatever letter case the caller's adapter gives its name. */
export function headerOf({ headers }: AxiosResponse, name: string): string | undefined {
  const value: unknown = (headers as Pick<AxiosHeaders, "get">).get(name);
  // An adapter may give a header that was sent several times as a list (RFC 9110 §5.3).
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : undefined;
}
