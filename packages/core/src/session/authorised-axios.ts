import type { AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Deadline } from "../http/deadline.ts";
import { type NextHop, nextHop } from "../http/redirects.ts";
import { headerOf, type LoadedAxios } from "../http/transport.ts";
import { ownFields } from "../own-fields.ts";
import type { Token } from "../tokens/token.ts";
import { keepsToken, rejectsToken, targetOf, withoutToken } from "./authorisation.ts";
import { interrupted, type Journey, settle } from "./axios-outcome.ts";
import {
  type AxiosHop,
  discard,
  isReplayable,
  largestResponse,
  sendOnce,
} from "./axios-transmission.ts";
import { tooLarge } from "./response-limit.ts";
import { Attempts, ConnectionReset } from "./retries.ts";
import type { RequestingSession } from "./session-context.ts";
import { watchStream } from "./streamed-body.ts";

/**
 * Sends a request of axios's with the session's token: what stands in the place of axios's adapter, so that
 * interceptors and the config that axios gives back never hold the token.
 */
export async function sendAuthorised(
  session: RequestingSession,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  try {
    return await send(session, loaded, config);
  } catch (error) {
    publishError(session.context.client.provider.name, error);
    throw error;
  }
}

async function send(
  session: RequestingSession,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const { client } = session.context;
  const own = ownFields(config) as { withholdToken?: unknown; retries?: number | false };
  const withheld = own.withholdToken === true;
  const url = targetOf(session, fullUrl(loaded, config), withheld);
  refuseSocketPath(client.provider.name, config);
  const milliseconds = config.timeout || client.apiTimeout;
  const attempts = new Attempts(session, {
    method: config.method as string,
    replayable: isReplayable(config.data),
    retries: own.retries,
    milliseconds,
  });
  const signal = config.signal as AbortSignal | undefined;
  const deadline = new Deadline(client.clock, milliseconds, signal);
  const journey: Journey = { session, loaded, config, deadline, milliseconds, attempts };
  let response: AxiosResponse | undefined;
  let streaming = false;
  try {
    const arrival = await untilSettled(journey, url, withheld);
    const { token } = arrival;
    ({ response } = arrival);
    streaming = watchStream(response, {
      limit: largestResponse(config),
      clean: (error) => interrupted(journey, error, url, token),
      tooLarge: () => tooLarge(client.provider.name, url),
      over: () => deadline.clear(),
    });
    return settle(journey, response, token);
  } catch (error) {
    if (response && !streaming) discard(response);
    throw error;
  } finally {
    // A stream is still to be read: its end is the exchange's.
    if (!streaming) deadline.clear();
  }
}

/** An answer, and the token that was sent at first. */
interface Arrival {
  readonly response: AxiosResponse;
  readonly token: Token | undefined;
}

/** Sends again what failed in a way that may pass. */
async function untilSettled(journey: Journey, url: URL, withheld: boolean): Promise<Arrival> {
  const { attempts, deadline } = journey;
  for (;;) {
    let pause: number | undefined;
    try {
      const arrival = await attempt(journey, url, withheld);
      const { response } = arrival;
      pause = attempts.next({
        status: response.status,
        retryAfter: headerOf(response, "retry-after"),
      });
      if (pause === undefined) return arrival;
      discard(arrival.response);
    } catch (error) {
      if (!(error instanceof ConnectionReset)) throw error;
      pause = attempts.next({});
      if (pause === undefined) throw error.error;
    }
    await waited(journey, url, attempts.wait(pause, deadline.signal));
  }
}

/** One attempt: with the newest token, and once more with a newer one if it is that which was refused. */
async function attempt(journey: Journey, url: URL, withheld: boolean): Promise<Arrival> {
  const { session, deadline, config, attempts } = journey;
  if (withheld) return { response: await follow(journey, url, undefined), token: undefined };
  const token = await waited(journey, url, session.token.usable(deadline.signal));
  const response = await follow(journey, url, token);
  const refused =
    !attempts.renewed && rejectsToken(response.status, headerOf(response, "www-authenticate"));
  if (!refused) return { response, token };
  try {
    const replacement = session.token.replacement(token, deadline.signal);
    const next = await waited(journey, url, replacement);
    if (!next || !isReplayable(config.data)) return { response, token };
    attempts.renewed = true;
    discard(response);
    return { response: await follow(journey, url, next), token };
  } catch (error) {
    discard(response);
    throw error;
  }
}

/** A token that was waited for; an abort or the deadline comes out in axios's words and ours. */
async function waited<T>(journey: Journey, url: URL, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw OAuthError.isInstance(error) ? error : interrupted(journey, error, url, undefined);
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
  let method = (config.method as string).toUpperCase();
  let credential = token;
  let crossed = false;
  let dropBody = false;
  for (let followed = 0; ; followed += 1) {
    const response = await sendOnce(journey, { url, method, token: credential, crossed, dropBody });
    if (config.maxRedirects === 0) return response;
    const hop = hopAfter(journey, response, { url, method, dropBody, followed });
    if (!hop) return response;
    if (hop.keepBody && !isReplayable(config.data)) return response;
    discard(response);
    url = withoutToken(hop.url, token);
    method = hop.method;
    dropBody ||= !hop.keepBody;
    crossed ||= !hop.sameOrigin;
    if (!keepsToken(session, hop)) credential = undefined;
  }
}

/** Where an answer leads; one that leads where nobody goes is let go. */
function hopAfter(
  { config, session }: Journey,
  response: AxiosResponse,
  sent: Pick<AxiosHop, "dropBody" | "method" | "url"> & { readonly followed: number },
): NextHop | undefined {
  const { url, method, dropBody, followed } = sent;
  try {
    return nextHop({
      provider: session.context.client.provider.name,
      status: response.status,
      location: headerOf(response, "location"),
      url,
      method,
      hasBody: !dropBody && (config.data ?? undefined) !== undefined,
      followed,
      most: config.maxRedirects ?? Number.POSITIVE_INFINITY,
    });
  } catch (error) {
    discard(response);
    throw error;
  }
}

function fullUrl({ axios }: LoadedAxios, config: InternalAxiosRequestConfig): string {
  const { baseURL, params, paramsSerializer } = config;
  let url = config.url ?? "";
  if (baseURL && !URL.canParse(url)) {
    url = url === "" ? baseURL : `${baseURL.replace(/\/+$/, "")}/${url.replace(/^\/+/, "")}`;
  }
  if (params === undefined || params === null) return url;
  // axios writes the query; the URL is not its to judge, nor are its global defaults to be in it.
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
  throw new OAuthError("URL_INVALID", "socketPath cannot be used in a session; nothing was sent.", {
    provider,
  });
}
