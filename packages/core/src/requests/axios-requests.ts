import type { AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Deadline } from "../http/deadline.ts";
import { type NextHop, nextHop } from "../http/redirects.ts";
import { headerOf, type LoadedAxios, ownConfig } from "../http/transport.ts";
import { interrupted, type Journey, settle } from "./axios-errors.ts";
import {
  type AxiosHop,
  discard,
  isReplayable,
  largestResponse,
  sendOnce,
} from "./axios-transmission.ts";
import type { Authorization } from "./authorizer.ts";
import {
  authorizationAlong,
  redirectedUrl,
  type RequestSender,
  targetOf,
} from "./request-context.ts";
import { tooLarge } from "./response-limit.ts";
import type { SessionRequestConfig } from "./session-interface.ts";
import { Attempts, ConnectionReset } from "./retries.ts";
import { watchStream } from "./streamed-body.ts";

/**
 * Sends a request of axios's with the session's credential: what stands in the place of axios's adapter, so that
 * interceptors and the config that axios gives back never hold it.
 */
export async function sendAuthorized(
  session: RequestSender,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  try {
    return await send(session, loaded, ownConfig(config));
  } catch (error) {
    publishError(session.context.client.provider.name, error);
    throw error;
  }
}

async function send(
  session: RequestSender,
  loaded: LoadedAxios,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const { client } = session.context;
  const { withholdToken, retries }: SessionRequestConfig = config;
  const withheld = withholdToken === true;
  const url = targetOf(session, fullUrl(loaded, config), withheld);
  refuseSocketPath(client.provider.name, config);
  const milliseconds = config.timeout || client.apiTimeout;
  const attempts = new Attempts(session, {
    method: config.method as string,
    replayable: isReplayable(config.data),
    retries,
    milliseconds,
  });
  const signal = config.signal as AbortSignal | undefined;
  const deadline = new Deadline(client.clock, milliseconds, signal);
  const journey: Journey = { session, loaded, config, deadline, milliseconds, attempts };
  let response: AxiosResponse | undefined;
  let streaming = false;
  try {
    const arrival = await untilSettled(journey, url, withheld);
    const { authorization } = arrival;
    ({ response } = arrival);
    streaming = watchStream(response, {
      limit: largestResponse(config),
      clean: (error) => interrupted(journey, error, url, authorization),
      tooLarge: () => tooLarge(client.provider.name, url),
      over: () => deadline.clear(),
    });
    return settle(journey, response, authorization);
  } catch (error) {
    if (response && !streaming) discard(response);
    throw error;
  } finally {
    // A stream is still to be read: its end is the exchange's.
    if (!streaming) deadline.clear();
  }
}

/** An answer, and what was sent with the request last. */
interface Arrival {
  readonly response: AxiosResponse;
  readonly authorization: Authorization | undefined;
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

/** One attempt, with the newest authorization. */
async function attempt(journey: Journey, url: URL, withheld: boolean): Promise<Arrival> {
  const { session, deadline } = journey;
  const authorization = withheld
    ? undefined
    : await waited(journey, url, session.authorizer.usable(deadline.signal));
  return follow(journey, url, authorization);
}

/** What was waited for; an abort or the deadline comes out in axios's words and ours. */
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
  first: Authorization | undefined,
): Promise<Arrival> {
  const { config } = journey;
  let url = start;
  let method = (config.method as string).toUpperCase();
  let given = first;
  let authorization = first;
  let crossed = false;
  let dropBody = false;
  for (let followed = 0; ; followed += 1) {
    const arrival = await heeded(journey, { url, method, authorization, crossed, dropBody });
    const { response } = arrival;
    if (arrival.authorization !== authorization) given = arrival.authorization;
    const last = { response, authorization: given };
    if (config.maxRedirects === 0) return last;
    const hop = hopAfter(journey, response, { url, method, dropBody, followed });
    if (!hop) return last;
    if (hop.keepBody && !isReplayable(config.data)) return last;
    discard(response);
    url = redirectedUrl(hop, given);
    method = hop.method;
    dropBody ||= !hop.keepBody;
    crossed ||= !hop.sameOrigin;
    authorization = authorizationAlong(hop, arrival.authorization);
  }
}

/**
 * Sends one request, and once more with a newer authorization if it is that which was refused. This one alone: the server
 * has done what those before a redirect asked for, and a refusal by another origin, which was shown nothing, says nothing.
 */
async function heeded(journey: Journey, hop: AxiosHop): Promise<Arrival> {
  const { session, deadline, config, attempts } = journey;
  const { authorizer } = session;
  const { authorization, dropBody, url } = hop;
  const response = await sendOnce(journey, hop);
  const sent = { response, authorization };
  if (!authorization || attempts.renewed) return sent;
  const challenge = headerOf(response, "www-authenticate");
  if (!authorizer.isRefusal(response.status, challenge, authorization)) return sent;
  try {
    const replacement = authorizer.replacement(authorization, deadline.signal);
    const next = await waited(journey, url, replacement);
    if (!next || !(dropBody || isReplayable(config.data))) return sent;
    attempts.renewed = true;
    discard(response);
    return {
      response: await sendOnce(journey, { ...hop, authorization: next }),
      authorization: next,
    };
  } catch (error) {
    discard(response);
    throw error;
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
  const { baseURL, params, paramsSerializer, allowAbsoluteUrls } = config;
  let url = config.url ?? "";
  if (baseURL && (allowAbsoluteUrls === false || !URL.canParse(url))) {
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
