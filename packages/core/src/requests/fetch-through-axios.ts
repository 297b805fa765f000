import type { AxiosRequestConfig, AxiosResponse } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import { apiHeaders } from "../http/api-headers.ts";
import { networkCode } from "../http/network-errors.ts";
import { checkedLimit, responseWith, tooLarge, withFields } from "../http/response-limit.ts";
import { isReplayable } from "../http/retries.ts";
import { isNodeStream, nodeStreamOf, type StreamWatch, watchedWeb } from "../http/streamed-body.ts";
import { ownFields } from "../options/own-fields.ts";
import { sendAlong } from "./axios-requests.ts";
import type { SessionRequestInit } from "./fetch-options.ts";
import { unreachable } from "./fetch-requests.ts";
import type { Arrival, RedirectPolicy } from "./hop-sender.ts";
import { type RequestSender, targetOf, timeLimitOf, tokenForTarget } from "./request-context.ts";
import type { SessionRequestConfig } from "./session-requests.ts";

/** Statuses of responses that must not have a body (Fetch standard, "null body status"). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Sends a `session.fetch` request with the axios of the client's `http` option, so that its proxy, certificates and
 * interceptors apply to fetch too.
 */
export async function fetchThroughAxios(
  session: RequestSender,
  target: string,
  init: SessionRequestInit,
): Promise<Response> {
  const { client } = session.context;
  const withheld = init.withholdToken === true;
  const awaited = tokenForTarget(session, target, withheld, init.timeout, init.signal);
  if (awaited) await awaited;
  const url = targetOf(session, target, withheld);
  const loaded = await client.transport.load();
  const limit = checkedLimit(client.provider.name, init.maxContentLength);
  // Checked before an interceptor runs.
  timeLimitOf(session, init.timeout);
  const config = await configOf(session, url, init);
  const clean = (error: unknown): Error => {
    if (init.signal?.aborted) return init.signal.reason as Error;
    const isForeign = loaded.axios.isAxiosError(error) && error.response === undefined;
    return isForeign
      ? unreachable(client.provider.name, url, networkCode(error))
      : (error as Error);
  };
  let arrival: Arrival<AxiosResponse> | undefined;
  try {
    const given = await loaded.instance.request<unknown, AxiosResponse | undefined>({
      ...config,
      adapter: async (wire) => {
        arrival = await sendAlong(session, loaded, wire, redirectsOf(init));
        return arrival.answer;
      },
    });
    // A response interceptor of the caller's may return something else, for example only the data.
    const answer = typeof given?.status === "number" ? given : arrival?.answer;
    if (!answer) {
      const message =
        "The axios instance of the http option returned no response. Let its interceptors return one.";
      throw new OAuthError("NETWORK_ERROR", message, { provider: client.provider.name });
    }
    const watch = {
      limit,
      clean,
      tooLarge: () => tooLarge(client.provider.name, url),
      over: () => undefined,
    };
    const { url: answered, redirected = false } = arrival ?? {};
    return withFields(responseOf(answer, watch), { url: answered?.href ?? "", redirected });
  } catch (error) {
    throw clean(error);
  }
}

function redirectsOf({ redirect }: SessionRequestInit): RedirectPolicy | undefined {
  return redirect === "manual" || redirect === "error" ? redirect : undefined;
}

/**
 * Makes an axios config of a fetch call.
 *
 * @throws TypeError for options that the platform's fetch refuses, a GET with a body for example.
 */
async function configOf(
  session: RequestSender,
  url: URL,
  {
    withholdToken,
    retries,
    timeout,
    signal,
    headers,
    maxContentLength: _limit,
    ...init
  }: SessionRequestInit,
): Promise<AxiosRequestConfig & SessionRequestConfig> {
  const { provider } = session.context.client;
  const { body } = ownFields(init);
  const own = new Headers(apiHeaders(provider));
  new Headers(headers).forEach((value, name) => own.set(name, value));
  const isText = typeof body === "string" || body instanceof URLSearchParams;
  const options = ownFields({
    ...init,
    headers: own,
    ...(!isReplayable(body) && { duplex: "half" }),
  });
  const request = new Request(url, options as RequestInit);
  return {
    url: url.href,
    method: request.method,
    // `false` where fetch sends no content type: axios would call every POST a form.
    headers: {
      ...Object.fromEntries(own),
      "content-type": request.headers.get("content-type") ?? false,
    },
    ...(request.body && { data: isText ? String(body) : await dataOf(request, body) }),
    ...(signal && { signal }),
    ...(withholdToken !== undefined && { withholdToken }),
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout }),
    // The body is limited below, as that of a fetch response.
    maxContentLength: Number.POSITIVE_INFINITY,
    responseType: "stream",
    validateStatus: null,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  };
}

/** Makes a body that axios accepts: bytes, which can be sent again, or a stream. */
function dataOf(request: Request, body: unknown): unknown {
  if (isReplayable(body)) return request.arrayBuffer();
  return nodeStreamOf(request.body as ReadableStream);
}

/** Makes a fetch response of an axios response. */
function responseOf(
  { status, statusText, headers, data }: AxiosResponse<unknown>,
  watch: StreamWatch,
): Response {
  const fields = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const each of [value as string | null | undefined].flat()) {
      if (each !== undefined && each !== null) fields.append(name, each);
    }
  }
  // With axios's fetch adapter, as in a browser, it is a web stream already.
  const body: unknown = isNodeStream(data)
    ? process.getBuiltinModule("node:stream").Readable.toWeb(data)
    : data;
  const watched =
    body instanceof ReadableStream ? watchedWeb(body as ReadableStream<Uint8Array>, watch) : body;
  const init = { status, statusText, headers: fields };
  if (!WITHOUT_BODY.has(status)) return responseWith(watched, init);
  if (watched instanceof ReadableStream) void watched.cancel().catch(() => undefined);
  return new Response(null, init);
}
