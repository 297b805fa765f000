import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { isAboutBody, mayCrossOrigins, nextHop } from "../http/redirects.ts";
import { TimeLimit } from "../http/time-limit.ts";
import { networkCode } from "../http/transport.ts";
import { ownFields } from "../options/own-fields.ts";
import { type Authorization, HookFailure } from "./authorizer.ts";
import { defined, headersForApi, merged, partsOf } from "./fetch-init.ts";
import { type Call, discard, type FetchHop, isReplayable, sendOnce } from "./fetch-transmission.ts";
import {
  authorizationAlong,
  redactorOf,
  redirectedUrl,
  type RequestSender,
  targetOf,
  timedOut,
} from "./request-context.ts";
import { checkedLimit, described, limitedResponse, tooLarge } from "./response-limit.ts";
import { Attempts, ConnectionReset, mayPass } from "./retries.ts";

/** What `session.fetch` takes beyond the platform's own options. */
export interface SessionRequestInit extends RequestInit {
  /** Sends the request without the token, and then to any origin. */
  readonly withholdToken?: boolean;
  /**
   * How often this request is repeated if it fails in a way that may pass.
   *
   * @defaultValue the session's choice
   */
  readonly retries?: number | false;
  /**
   * Bytes of the answer that may be read, after decompression; a body that goes on beyond ends with `RESPONSE_TOO_LARGE`.
   *
   * @defaultValue 10 MiB
   */
  readonly maxContentLength?: number;
}

/** Like the platform's `fetch`, with the session's credential and under its guards. */
export async function fetchAuthorized(
  session: RequestSender,
  input: string | URL | Request,
  options: SessionRequestInit = {},
): Promise<Response> {
  try {
    return await send(session, input, options);
  } catch (error) {
    publishError(session.context.client.provider.name, error);
    throw error;
  }
}

async function send(
  session: RequestSender,
  input: string | URL | Request,
  options: SessionRequestInit,
): Promise<Response> {
  const isRequest = typeof input !== "string" && !(input instanceof URL);
  // A Request has every option that init may have: init goes on top of it, as in the platform's fetch.
  const init = ownFields<SessionRequestInit>(
    isRequest ? { ...partsOf(input), ...defined(ownFields(options)) } : options,
  );
  const {
    withholdToken: withheld = false,
    retries,
    maxContentLength,
    method = "GET",
    headers,
    body,
    redirect = "follow",
    signal,
    ...rest
  } = init;
  const url = targetOf(session, isRequest ? input.url : String(input), withheld);
  const { client } = session.context;
  const largest = checkedLimit(client.provider.name, maxContentLength);
  const attempts = new Attempts(session, {
    method,
    replayable: isReplayable(body),
    retries,
    milliseconds: client.apiTimeout,
  });
  const limit = new TimeLimit(client.clock, client.apiTimeout, signal);
  const call: Call = {
    session,
    rest,
    method: method.toUpperCase(),
    headers: sendable(session, merged(headersForApi(session, url, withheld), headers)),
    body,
    redirect,
    signal,
    limit,
    attempts,
  };
  try {
    limit.signal.throwIfAborted();
    const answer = await untilSettled(call, url, withheld);
    const response = limitedResponse(answer, largest, () => tooLarge(client.provider.name, url));
    limit.watch(response);
    return response;
  } catch (error) {
    const thrown = failure(call, url, error);
    limit.abandon();
    throw thrown;
  }
}

/** Headers as they will be sent: the platform's fetch takes the host from the URL, and no signature must name another. */
function sendable({ context }: RequestSender, headers: Headers): Headers {
  const { fetch = globalThis.fetch } = context;
  if (fetch === globalThis.fetch) headers.delete("host");
  return headers;
}

/** Sends again what failed in a way that may pass. */
async function untilSettled(call: Call, url: URL, withheld: boolean): Promise<Response> {
  const { attempts, limit } = call;
  for (;;) {
    let pause: number | undefined;
    try {
      const response = withheld ? await follow(call, url, undefined) : await authorized(call, url);
      const { status, headers } = response;
      if (!mayPass(status)) return response;
      pause = attempts.next({ status, retryAfter: headers.get("retry-after") });
      if (pause === undefined) return response;
      await discard(response);
    } catch (error) {
      if (!(error instanceof ConnectionReset)) throw error;
      pause = limit.signal.aborted ? undefined : attempts.next({});
      if (pause === undefined) throw error.error;
    }
    await attempts.wait(pause, limit.signal);
  }
}

async function authorized(call: Call, url: URL): Promise<Response> {
  return follow(call, url, await call.session.authorizer.usable(call.limit.signal));
}

async function follow(call: Call, start: URL, first: Authorization | undefined): Promise<Response> {
  const { session } = call;
  let { method, headers, body } = call;
  let url = start;
  let given = first;
  let authorization = first;
  for (let followed = 0; ; followed += 1) {
    const arrival = await heeded(call, { url, method, headers, body }, authorization);
    const { response } = arrival;
    if (arrival.authorization !== authorization) given = arrival.authorization;
    if (call.redirect === "manual") return response;
    const hop = nextHop({
      provider: session.context.client.provider.name,
      status: response.status,
      location: response.headers.get("location"),
      url,
      method,
      hasBody: (body ?? undefined) !== undefined,
      followed,
    });
    const isLast = !hop || (call.redirect !== "error" && hop.keepBody && !isReplayable(body));
    if (isLast) return followed > 0 ? described(response, { redirected: true }) : response;
    await discard(response);
    if (call.redirect === "error") {
      throw new OAuthError("REDIRECT_REFUSED", `${url.origin} answered with a redirect.`, {
        provider: session.context.client.provider.name,
        status: response.status,
      });
    }
    url = redirectedUrl(hop, given);
    method = hop.method;
    if (!hop.keepBody) body = undefined;
    authorization = authorizationAlong(hop, arrival.authorization);
    headers = headersForHop(headers, hop);
  }
}

/**
 * Sends one request, and once more with a newer authorization if it is that which was refused. This one alone: the server
 * has done what those before a redirect asked for, and a refusal by another origin, which was shown nothing, says nothing.
 */
async function heeded(
  call: Call,
  hop: FetchHop,
  authorization: Authorization | undefined,
): Promise<{ readonly response: Response; readonly authorization: Authorization | undefined }> {
  const { session, attempts, limit } = call;
  const { authorizer } = session;
  const response = await sendOnce(call, hop, authorization);
  const sent = { response, authorization };
  if (!authorization || attempts.renewed) return sent;
  const { status, headers } = response;
  if (!authorizer.isRefusal(status, headers.get("www-authenticate"), authorization)) return sent;
  const next = await authorizer.replacement(authorization, limit.signal);
  if (!next || !isReplayable(hop.body)) return sent;
  attempts.renewed = true;
  await discard(response);
  return { response: await sendOnce(call, hop, next), authorization: next };
}

function headersForHop(
  headers: Headers,
  hop: { readonly sameOrigin: boolean; readonly keepBody: boolean },
): Headers {
  const kept = new Headers();
  headers.forEach((value, name) => {
    if ((hop.sameOrigin || mayCrossOrigins(name)) && (hop.keepBody || !isAboutBody(name))) {
      kept.set(name, value);
    }
  });
  return kept;
}

function failure({ session, limit, signal }: Call, url: URL, error: unknown): unknown {
  if (OAuthError.isInstance(error)) return error;
  if (error instanceof HookFailure) return error.thrown;
  const provider = session.context.client.provider.name;
  if (limit.expired) return timedOut(provider, url, limit.milliseconds);
  // As with the platform's fetch, an abort comes out as the reason that the caller gave.
  if (limit.signal.aborted) return signal?.reason ?? limit.signal.reason;
  const { name, cause, message } = (error ?? {}) as Partial<Error>;
  if (name === "TypeError" && cause === undefined && typeof message === "string") {
    // Not the network: the platform's fetch cannot be called like this.
    return new TypeError(redactorOf(session).line(message));
  }
  const code = networkCode(error);
  return new OAuthError(
    "NETWORK_ERROR",
    `${url.origin} could not be reached (${code}). Check the network and the URL.`,
    { provider, retryable: true, details: { networkCode: code } },
  );
}
