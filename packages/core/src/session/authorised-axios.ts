import type { AxiosError, AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import { Deadline } from "../http/deadline.ts";
import { mayCrossOrigins, nextHop } from "../http/redirects.ts";
import { isTooLarge, type LoadedAxios, networkCode } from "../http/transport.ts";
import type { Token } from "../tokens/token.ts";
import { redactorOf, rejectsToken, targetOf, timedOut, withoutToken } from "./authorisation.ts";
import { authorise } from "./authorised-config.ts";
import type { RequestingSession } from "./session-context.ts";

/** Largest answer that is read, in bytes after decompression, when the request names no `maxContentLength`. */
const LARGEST_RESPONSE = 10 * 1024 * 1024;

/** One request on its way: what axios asked for, and where that has led. */
interface Journey {
  readonly session: RequestingSession;
  readonly loaded: LoadedAxios;
  readonly config: InternalAxiosRequestConfig;
  readonly deadline: Deadline;
  readonly milliseconds: number;
}

/**
 * Sends a request of axios's with the session's token: what stands in the place of axios's adapter, so that
 * interceptors and the config that axios gives back never hold the token.
 */
export async function sendAuthorised(
  session: RequestingSession,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const { client } = session.context;
  const withheld = (config as { withholdToken?: unknown }).withholdToken === true;
  const url = targetOf(session, fullUrl(loaded, config), withheld);
  refuseSocketPath(client.provider.name, config);
  const milliseconds = config.timeout || client.apiTimeout;
  const signal = config.signal as AbortSignal | undefined;
  const deadline = new Deadline(client.clock, milliseconds, signal);
  const journey: Journey = { session, loaded, config, deadline, milliseconds };
  try {
    if (withheld) return settle(journey, await follow(journey, url, undefined));
    const token = await usableToken(journey, url);
    let response = await follow(journey, url, token);
    if (rejectsToken(response.status, challengeOf(response))) {
      const next = await session.token.replacement(token, deadline.signal);
      if (next && isReplayable(config.data)) response = await follow(journey, url, next);
    }
    return settle(journey, response, token);
  } finally {
    deadline.clear();
  }
}

async function usableToken({ session, deadline, ...rest }: Journey, url: URL): Promise<Token> {
  try {
    return await session.token.usable(deadline.signal);
  } catch (error) {
    throw OAuthError.isInstance(error)
      ? error
      : interrupted({ session, deadline, ...rest }, error, url, undefined);
  }
}

/** Sends, and follows redirects by our own rules. */
async function follow(
  journey: Journey,
  start: URL,
  token: Token | undefined,
): Promise<AxiosResponse> {
  const { config, session } = journey;
  let url = start;
  let method = (config.method ?? "get").toUpperCase();
  let credential = token;
  let crossed = false;
  let dropBody = false;
  for (let followed = 0; ; followed += 1) {
    const response = await sendOnce(journey, { url, method, token: credential, crossed, dropBody });
    if (config.maxRedirects === 0) return response;
    const hop = nextHop({
      provider: session.context.client.provider.name,
      status: response.status,
      location: response.headers["location"] as string | undefined,
      url,
      method,
      hasBody: !dropBody && config.data !== undefined && config.data !== null,
      followed,
    });
    if (!hop) return response;
    if (hop.keepBody && !isReplayable(config.data)) return response;
    discard(response);
    url = withoutToken(hop.url, token);
    method = hop.method;
    dropBody ||= !hop.keepBody;
    if (!hop.sameOrigin) {
      // For good: a way back to the API would be a way to choose what is called with the token.
      credential = undefined;
      crossed = true;
    }
  }
}

async function sendOnce(
  journey: Journey,
  hop: {
    readonly url: URL;
    readonly method: string;
    readonly token: Token | undefined;
    readonly crossed: boolean;
    readonly dropBody: boolean;
  },
): Promise<AxiosResponse> {
  const { session, loaded, config, deadline } = journey;
  const { token, crossed, dropBody } = hop;
  const headers = new loaded.axios.AxiosHeaders(config.headers);
  for (const name of crossed ? Object.keys(headers) : []) {
    if (!mayCrossOrigins(name)) headers.delete(name);
  }
  for (const name of dropBody ? ["content-type", "content-length"] : []) headers.delete(name);
  const wire: InternalAxiosRequestConfig = {
    ...config,
    url: hop.url.href,
    method: hop.method,
    headers,
    data: dropBody ? undefined : (config.data as unknown),
    maxRedirects: 0,
    maxContentLength: largestResponse(config),
    timeout: 0,
    signal: deadline.signal,
    validateStatus: null,
  };
  for (const name of ["baseURL", "params", "auth"] as const) delete wire[name];
  try {
    if (token) await authorise(session, wire, token);
    const response = await loaded.adapter(wire);
    response.config = config;
    // The request that axios keeps has the token in it.
    response.request = undefined;
    return response;
  } catch (error) {
    throw OAuthError.isInstance(error) ? error : interrupted(journey, error, hop.url, token);
  }
}

/** What axios's own `settle` does, with an error that holds no secret. */
function settle(journey: Journey, response: AxiosResponse, token?: Token): AxiosResponse {
  const { config, loaded, session } = journey;
  const { validateStatus } = config;
  if (!validateStatus || validateStatus(response.status)) return response;
  const { AxiosError } = loaded.axios;
  const redactor = redactorOf(session, token);
  if (typeof response.data === "string") response.data = redactor.text(response.data);
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === "string") response.headers[name] = redactor.text(value);
  }
  const code = response.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  throw new AxiosError(
    `Request failed with status code ${response.status}`,
    code,
    config,
    undefined,
    response,
  );
}

/** A request that got no answer: the foreign error holds the token, so a new one is made. */
function interrupted(
  { session, loaded, config, deadline, milliseconds }: Journey,
  error: unknown,
  url: URL,
  token: Token | undefined,
): AxiosError | OAuthError {
  const { AxiosError, CanceledError, isCancel } = loaded.axios;
  const provider = session.context.client.provider.name;
  if (deadline.expired) return timedOut(provider, url, milliseconds);
  if (deadline.signal.aborted || isCancel(error))
    return new CanceledError(undefined, config as never);
  if (isTooLarge(error)) {
    return new OAuthError(
      "RESPONSE_TOO_LARGE",
      `The answer from ${url.origin} is larger than maxContentLength allows (10 MiB when the request names none).`,
      { provider },
    );
  }
  const message = redactorOf(session, token).line(
    error instanceof Error || typeof (error as Error | null)?.message === "string"
      ? (error as Error).message
      : "no answer",
  );
  return new AxiosError(message, networkCode(error), config);
}

function fullUrl({ axios }: LoadedAxios, config: InternalAxiosRequestConfig): string {
  const { baseURL, params, paramsSerializer } = config;
  let url = config.url ?? "";
  if (baseURL && !URL.canParse(url)) {
    url = `${baseURL.replace(/\/+$/, "")}/${url.replace(/^\/+/, "")}`;
  }
  if (params === undefined || params === null) return url;
  // axios writes the query; the URL is not its to judge.
  const query = axios.getUri({ url: "", params, ...(paramsSerializer && { paramsSerializer }) });
  const [location = ""] = url.split("#", 1);
  return location.includes("?") ? `${location}&${query.slice(1)}` : `${location}${query}`;
}

function refuseSocketPath(provider: string, { socketPath }: InternalAxiosRequestConfig): void {
  if (!socketPath) return;
  throw new OAuthError("URL_INVALID", "socketPath cannot be used in a session; nothing was sent.", {
    provider,
  });
}

function largestResponse({ maxContentLength = -1 }: InternalAxiosRequestConfig): number {
  return maxContentLength < 0 ? LARGEST_RESPONSE : maxContentLength;
}

function challengeOf(response: AxiosResponse): string | undefined {
  const challenge: unknown = response.headers["www-authenticate"];
  return typeof challenge === "string" ? challenge : undefined;
}

function isReplayable(data: unknown): boolean {
  return (
    typeof (data as { pipe?: unknown } | null | undefined)?.pipe !== "function" &&
    !(data instanceof ReadableStream)
  );
}

function discard({ data }: AxiosResponse): void {
  (data as { destroy?: () => void } | null | undefined)?.destroy?.();
}
