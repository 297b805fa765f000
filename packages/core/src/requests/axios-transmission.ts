import type { AxiosHeaders, AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import { apiHeaders } from "../http/api-origins.ts";
import { isAboutBody, mayCrossOrigins } from "../http/redirects.ts";
import { headerOf, type LoadedAxios } from "../http/transport.ts";
import { interrupted, type Journey } from "./axios-errors.ts";
import {
  type Authorization,
  HookFailure,
  type OutgoingRequest,
  type DpopRequest,
} from "./authorizer.ts";
import { placed, type RequestSender } from "./request-context.ts";
import { LARGEST_RESPONSE } from "./response-limit.ts";
import { ConnectionReset, isReset } from "./retries.ts";
import { watched } from "./request-events.ts";

/** One request of a journey. */
export interface AxiosHop {
  readonly url: URL;
  readonly method: string;
  readonly authorization: Authorization | undefined;
  readonly crossed: boolean;
  readonly dropBody: boolean;
}

/** The caller's headers, less what must not come along on this hop. */
function headersOf({ session, loaded, config }: Journey, hop: AxiosHop): AxiosHeaders {
  const headers = new loaded.axios.AxiosHeaders(config.headers);
  for (const name of Object.keys(headers)) {
    const stays = !(hop.crossed && !mayCrossOrigins(name)) && !(hop.dropBody && isAboutBody(name));
    if (!stays) headers.delete(name);
  }
  if (!hop.authorization && !session.context.origins.isOwn(hop.url))
    withoutApiHeaders(session, headers);
  return headers;
}

/** What the provider's API is sent with every request is for the API alone: a key may be in it. */
function withoutApiHeaders({ context }: RequestSender, headers: AxiosHeaders): void {
  for (const [name, value] of Object.entries(apiHeaders(context.client.provider) ?? {})) {
    if (headers.get(name) === value) headers.delete(name);
  }
}

/** One request and its answer, of any status; what comes back holds no credential. */
export async function sendOnce(journey: Journey, hop: AxiosHop): Promise<AxiosResponse> {
  const { session, loaded, config, deadline, attempts } = journey;
  const { authorization, crossed, dropBody } = hop;
  const request: OutgoingRequest & { readonly headers: AxiosHeaders } = {
    url: hop.url,
    method: hop.method,
    headers: headersOf(journey, hop),
    body: dropBody ? undefined : (config.data as unknown),
  };
  const wire: InternalAxiosRequestConfig = {
    ...config,
    headers: request.headers,
    maxRedirects: 0,
    // An instance of the caller's would ask the environment, which must not decide who sees tokens.
    proxy: config.proxy ?? false,
    // A stream is measured by ours: axios's error has the request in it, and its stream leaves the socket open.
    maxContentLength: config.responseType === "stream" ? -1 : largestResponse(config),
    timeout: 0,
    signal: deadline.signal,
    validateStatus: null,
  };
  try {
    await placed(authorization, request, deadline.signal);
    const { url, method, body } = request;
    // They are in the URL. Not deleted: an object that has lost a field is a slow one, for axios too.
    const spent = { baseURL: undefined, params: undefined };
    Object.assign(wire, { url: url.href, method, data: body, ...spent });
    // The session's takes its place; a request that is sent without it keeps its own.
    if (authorization || crossed) Object.assign(wire, { auth: undefined });
    attempts.sending(method);
    const response = await watched(
      session,
      {
        url: hop.url,
        method,
        attempt: attempts.number,
        signal: deadline.signal,
      },
      () =>
        authorization?.transmit
          ? authorization.transmit(provable(loaded, wire, request))
          : transmit(loaded, wire),
    );
    response.config = config;
    // The request that axios keeps has the credential in it.
    response.request = undefined;
    return response;
  } catch (error) {
    throw failure(journey, hop, error);
  }
}

/** What comes of an error in the place of an answer. */
function failure(journey: Journey, { url, authorization }: AxiosHop, error: unknown): unknown {
  if (error instanceof HookFailure) return error.thrown;
  if (OAuthError.isInstance(error)) return error;
  const clean = interrupted(journey, error, url, authorization);
  const aborted = journey.deadline.signal.aborted;
  return !aborted && isReset(error) ? new ConnectionReset(clean) : clean;
}

/** Sends. Headers are axios's own kind afterwards: an adapter of the caller's may give plain ones, or none. */
async function transmit(
  { adapter, axios }: LoadedAxios,
  wire: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const response = await adapter(wire);
  response.headers = axios.AxiosHeaders.from(response.headers as AxiosHeaders | undefined);
  return response;
}

function provable(
  loaded: LoadedAxios,
  wire: InternalAxiosRequestConfig,
  { method, url, body }: OutgoingRequest,
): DpopRequest<AxiosResponse> {
  return {
    method,
    url,
    replayable: isReplayable(body),
    send(proof) {
      wire.headers.set("DPoP", proof);
      return transmit(loaded, wire);
    },
    status: ({ status }) => status,
    header: headerOf,
    discard,
  };
}

/** How large an answer may be, in bytes after decompression. */
export function largestResponse({ maxContentLength = -1 }: InternalAxiosRequestConfig): number {
  return maxContentLength < 0 ? LARGEST_RESPONSE : maxContentLength;
}

/** Whether a body can be sent again. */
export function isReplayable(data: unknown): boolean {
  return (
    typeof (data as { pipe?: unknown } | null | undefined)?.pipe !== "function" &&
    !(data instanceof ReadableStream)
  );
}

/** Lets go of an answer that nobody reads. */
export function discard({ data }: AxiosResponse): void {
  if (data instanceof ReadableStream) void data.cancel().catch(() => undefined);
  else (data as { destroy?: () => void } | null | undefined)?.destroy?.();
}
