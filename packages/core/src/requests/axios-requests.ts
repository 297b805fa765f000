import type { AxiosHeaders, AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { bodyText } from "../http/body-text.ts";
import { Deadline } from "../http/deadline.ts";
import { type HeldAnswer, holdAnswer } from "../http/held-body.ts";
import { type LoadedAxios, ownConfig } from "../http/http-options.ts";
import { refuseNodeOptions } from "../http/node-options.ts";
import { type FormInMemory, formInMemory } from "../http/multipart-form.ts";
import { checkedLimit, tooLarge } from "../http/response-limit.ts";
import { Attempts, isReplayable } from "../http/retries.ts";
import { isNodeStream, nodeStreamOf, watchStream } from "../http/streamed-body.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Authorization, OutgoingRequest } from "./authorizer.ts";
import { aborted, headerOf, interrupted, settle } from "./axios-errors.ts";
import type { Arrival, Hop, HopSender, RedirectPolicy } from "./hop-sender.ts";
import { Journey } from "./journey.ts";
import { type RequestSender, targetOf, timeLimitOf, tokenForTarget } from "./request-context.ts";
import type { SessionRequestConfig } from "./session-requests.ts";

/**
 * Sends an axios request, authorized by the session. It stands in the place of axios's adapter, so that neither
 * interceptors nor the config that axios gives back hold the token.
 */
export async function sendAuthorized(
  session: RequestSender,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const redirects = config.maxRedirects === 0 ? "manual" : config.maxRedirects;
  return (await sendAlong(session, loaded, config, redirects)).answer;
}

/**
 * Sends an axios request, and tells where its redirects led.
 *
 * @param redirects - Undefined to follow as many redirects as the session allows.
 */
export async function sendAlong(
  session: RequestSender,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
  redirects: RedirectPolicy = Number.POSITIVE_INFINITY,
): Promise<Arrival<AxiosResponse>> {
  try {
    return await send(session, loaded, ownConfig(config), redirects);
  } catch (error) {
    publishError(session.context.client.provider.name, error);
    throw error;
  }
}

async function send(
  session: RequestSender,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
  redirects: RedirectPolicy,
): Promise<Arrival<AxiosResponse>> {
  const { client } = session.context;
  const { withholdToken, retries }: SessionRequestConfig = config;
  const withheld = withholdToken === true;
  const method = (config.method as string).toUpperCase();
  const target = fullUrl(loaded, config);
  const signal = config.signal as AbortSignal | undefined;
  const awaited = tokenForTarget(session, target, withheld, config.timeout, signal);
  if (awaited) {
    await awaited.catch((error: unknown) => {
      throw signal?.aborted ? aborted(loaded, config) : error;
    });
  }
  const url = targetOf(session, target, withheld);
  refuseSocketPath(client.provider.name, config);
  if (!loaded.knowsNodeOptions) {
    const proxy = config.proxy ?? loaded.proxy;
    refuseNodeOptions({ ...config, proxy } as typeof config, client.provider.name);
  }
  const limit = largestResponse(client.provider.name, config);
  const milliseconds = timeLimitOf(session, config.timeout);
  const form = formInMemory(config.data);
  const replayable = form !== undefined || isReplayable(config.data);
  const attempts = new Attempts(session, { method, replayable, retries, milliseconds });
  const deadline = new Deadline(client.clock, milliseconds, signal);
  const sender = new AxiosSender(session, loaded, config, deadline, form, limit);
  let response: AxiosResponse | undefined;
  let streaming = false;
  try {
    const journey = new Journey(session, sender, attempts, deadline, redirects);
    const arrival = await journey.sendWithRetries(url, method, withheld);
    const { authorization } = arrival;
    response = arrival.answer;
    streaming = watchStream(response, {
      limit,
      clean: (error) => sender.failure(error, url, authorization),
      tooLarge: () => tooLarge(client.provider.name, url),
      over: () => deadline.clear(),
    });
    settle(session, loaded, response, arrival);
    return arrival;
  } catch (error) {
    if (response && !streaming) sender.discard(response);
    throw error;
  } finally {
    // A stream is still being read: the exchange ends with it.
    if (!streaming) deadline.clear();
  }
}

/** Sends one hop through axios's adapter. */
class AxiosSender implements HopSender<AxiosResponse> {
  readonly body: unknown;
  readonly hasBody: boolean;
  readonly #session: RequestSender;
  readonly #loaded: LoadedAxios;
  readonly #config: InternalAxiosRequestConfig;
  readonly #deadline: Deadline;
  readonly #form: FormInMemory | undefined;
  readonly #limit: number;

  constructor(
    session: RequestSender,
    loaded: LoadedAxios,
    config: InternalAxiosRequestConfig,
    deadline: Deadline,
    form: FormInMemory | undefined,
    limit: number,
  ) {
    this.#session = session;
    this.#loaded = loaded;
    this.#config = config;
    this.#deadline = deadline;
    this.#form = form;
    this.#limit = limit;
    this.body = form?.bytes ?? (config.data as unknown);
    this.hasBody = (this.body ?? undefined) !== undefined;
  }

  headers(): AxiosHeaders {
    const headers = new this.#loaded.axios.AxiosHeaders(this.#config.headers);
    // As axios does it for a form: its boundary is in the type.
    return this.#form ? headers.set("Content-Type", this.#form.contentType, true) : headers;
  }

  async send({ url, method, headers, body }: OutgoingRequest, hop: Hop): Promise<AxiosResponse> {
    const config = this.#config;
    const { adapter, axios, proxy } = this.#loaded;
    const wire = ownFields({
      ...config,
      url: url.href,
      method,
      headers: headers as unknown as AxiosHeaders,
      data: body,
      maxRedirects: 0,
      // Without a value, axios takes the proxy from the environment, which must not decide who sees tokens.
      proxy: config.proxy ?? proxy,
      // A stream is limited by the session: axios's error would hold the request, and leave the socket open.
      maxContentLength: config.responseType === "stream" ? -1 : this.#limit,
      timeout: 0,
      signal: this.#deadline.signal,
      validateStatus: null,
      // They are in the URL already. Not deleted, because an object that lost a field is slower to read.
      baseURL: undefined,
      params: undefined,
      // The session's authorization replaces it; a request without the token keeps its own.
      auth: hop.authorization || hop.crossed ? undefined : config.auth,
    } as unknown as InternalAxiosRequestConfig);
    const response = await adapter(wire);
    // A caller's own adapter may return plain headers, or none.
    response.headers = axios.AxiosHeaders.from(response.headers as AxiosHeaders | undefined);
    response.config = config;
    // axios keeps the request, which holds the token.
    response.request = undefined;
    return response;
  }

  header(response: AxiosResponse, name: string): string | undefined {
    return headerOf(response, name);
  }

  async text(response: AxiosResponse): Promise<string | undefined> {
    const { text, data } = await bodyText(response.data);
    response.data = data;
    return text;
  }

  discard({ data }: AxiosResponse): void {
    if (data instanceof ReadableStream) void data.cancel().catch(() => undefined);
    else (data as { destroy?: () => void } | null | undefined)?.destroy?.();
  }

  hold(response: AxiosResponse): HeldAnswer<AxiosResponse> {
    const { provider, clock } = this.#session.context.client;
    const { data } = response as { data: unknown };
    return holdAnswer(provider.name, clock, response, data, (body) => {
      response.data = isNodeStream(data) ? nodeStreamOf(body) : body;
      return response;
    });
  }

  failure(error: unknown, url: URL, authorization: Authorization | undefined): Error {
    const exchange = { session: this.#session, loaded: this.#loaded, config: this.#config };
    return interrupted({ ...exchange, deadline: this.#deadline }, error, url, authorization);
  }
}

/** The most bytes of a response body after decompression; below 0, as in axios, is the default. */
function largestResponse(
  provider: string,
  { maxContentLength }: InternalAxiosRequestConfig,
): number {
  return checkedLimit(provider, Number(maxContentLength) < 0 ? undefined : maxContentLength);
}

function fullUrl({ axios }: LoadedAxios, config: InternalAxiosRequestConfig): string {
  const { baseURL, params, paramsSerializer, allowAbsoluteUrls } = config;
  let url = config.url ?? "";
  if (baseURL && (allowAbsoluteUrls === false || !URL.canParse(url))) {
    url = url === "" ? baseURL : `${baseURL.replace(/\/+$/, "")}/${url.replace(/^\/+/, "")}`;
  }
  if (params === undefined || params === null) return url;
  // axios only serializes the query: its global defaults must not change the URL.
  const query = new axios.Axios({}).getUri({
    url: "",
    params,
    ...(paramsSerializer && { paramsSerializer }),
  });
  const [location = ""] = url.split("#", 1);
  if (query === "") return location;
  return location.includes("?") ? `${location}&${query.slice(1)}` : `${location}${query}`;
}

function refuseSocketPath(provider: string, { socketPath }: InternalAxiosRequestConfig): void {
  if (!socketPath) return;
  throw new OAuthError(
    "URL_INVALID",
    "socketPath cannot be used in a session; nothing was sent. Leave it out; to use another connection, pass an agent in the http option.",
    {
      provider,
    },
  );
}
