import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { apiHeaders } from "../http/api-origins.ts";
import { Deadline } from "../http/deadline.ts";
import { networkCode } from "../http/network-errors.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Authorization, OutgoingRequest } from "./authorizer.ts";
import { webText } from "../http/body-text.ts";
import { type HeldAnswer, holdAnswer } from "../http/held-body.ts";
import type { Hop, HopSender } from "./hop-sender.ts";
import { Journey } from "./journey.ts";
import { redactorOf, type RequestSender, targetOf, timedOut } from "./request-context.ts";
import {
  checkedLimit,
  limitedResponse,
  tooLarge,
  withBody,
  withFields,
} from "../http/response-limit.ts";
import { Attempts, isReplayable } from "./retries.ts";

/**
 * The options of `session.fetch`: those of the platform's `fetch`, plus `withholdToken`, `retries` and `maxContentLength`.
 */
export interface SessionRequestInit extends RequestInit {
  /** Sends the request without the token; it may then go to any origin. */
  readonly withholdToken?: boolean;
  /**
   * How many times a transient failure of this request is retried.
   *
   * @defaultValue the session's choice
   */
  readonly retries?: number | false;
  /**
   * The most bytes of the response body, after decompression; a longer body fails with `RESPONSE_TOO_LARGE`.
   *
   * @defaultValue 10 MiB
   */
  readonly maxContentLength?: number;
}

/** Follows as many redirects as the session allows. */
const ALL = Number.POSITIVE_INFINITY;

/** The options of a request that is given none. */
const NO_OPTIONS: SessionRequestInit = Object.freeze(ownFields({}));

/** Sends a request with the platform's `fetch` (or the client's), authorized by the session. */
export async function fetchAuthorized(
  session: RequestSender,
  input: string | URL | Request,
  options?: SessionRequestInit,
): Promise<Response> {
  const { client, fetch } = session.context;
  const provider = client.provider.name;
  let deadline: Deadline | undefined;
  try {
    const target = isRequest(input) ? input.url : String(input);
    const init = initOf(input, options);
    // Only axios knows the proxy and the certificates of the http option, so axios sends the request.
    if (fetch === undefined && client.transport.hasOptions) {
      const { fetchThroughAxios } = await import("./fetch-through-axios.ts");
      return await fetchThroughAxios(session, target, init);
    }
    const { withholdToken: withheld = false, retries, maxContentLength, redirect, body } = init;
    const url = targetOf(session, target, withheld);
    const largest = checkedLimit(provider, maxContentLength);
    const method = (init.method ?? "GET").toUpperCase();
    const milliseconds = client.apiTimeout;
    const replayable = isReplayable(body);
    const attempts = new Attempts(session, { method, replayable, retries, milliseconds });
    deadline = new Deadline(client.clock, milliseconds, init.signal, true);
    const sender = new FetchSender(session, init, deadline);
    const redirects = redirect === "manual" || redirect === "error" ? redirect : ALL;
    const journey = new Journey(session, sender, attempts, deadline, redirects);
    const { answer, redirected } = await journey.sendWithRetries(url, method, withheld);
    const response = limitedResponse(
      redirected ? withFields(answer, { redirected }) : answer,
      largest,
      () => tooLarge(provider, url),
    );
    deadline.lastUntilRead(response.body);
    return response;
  } catch (error) {
    deadline?.clear();
    publishError(provider, error);
    throw error;
  }
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input !== "string" && !(input instanceof URL);
}

/** The options of a call. As in the platform's fetch, init overrides the options of a Request. */
function initOf(
  input: string | URL | Request,
  options: SessionRequestInit | undefined,
): SessionRequestInit {
  if (!isRequest(input)) return options ? ownFields(options) : NO_OPTIONS;
  return ownFields({ ...partsOf(input), ...defined(ownFields(options ?? {})) });
}

/** Sends one hop with `fetch`. */
class FetchSender implements HopSender<Response> {
  readonly body: RequestInit["body"];
  readonly hasBody: boolean;
  readonly #session: RequestSender;
  /** The options that are passed on unchanged. */
  readonly #options: RequestInit;
  /** The caller's headers, copied when the request was made. */
  readonly #headers: Headers | undefined;
  readonly #deadline: Deadline;

  constructor(session: RequestSender, init: SessionRequestInit, deadline: Deadline) {
    const { headers, body } = init;
    this.#session = session;
    this.#options = init === NO_OPTIONS ? init : platformOptions(init);
    this.#headers = headers && new Headers(headers);
    this.body = body ?? undefined;
    this.hasBody = this.body !== undefined;
    this.#deadline = deadline;
  }

  headers(): Headers {
    const { client, fetch = globalThis.fetch } = this.#session.context;
    const headers = new Headers(apiHeaders(client.provider));
    if (!this.#headers) return headers;
    this.#headers.forEach((value, name) => headers.set(name, value));
    // The platform's fetch takes the host from the URL, and a signature must not cover another.
    if (fetch === globalThis.fetch) headers.delete("host");
    return headers;
  }

  send({ url, method, headers, body }: OutgoingRequest, hop: Hop): Promise<Response> {
    const options: RequestInit & { duplex?: "half" } = ownFields(this.#options);
    options.method = method;
    options.headers = headers as Headers;
    options.redirect = "manual";
    options.signal = this.#deadline.signal;
    options.body = (body as RequestInit["body"] | undefined) ?? null;
    if (!isReplayable(body)) options.duplex = "half";
    const fetch = this.#session.context.fetch ?? globalThis.fetch;
    const sending = fetch(url.href, options);
    return url.search === "" || !hop.authorization
      ? sending
      : sending.then((response) => withCleanUrl(response, hop.authorization as Authorization));
  }

  header(response: Response, name: string): string | null {
    return response.headers.get(name);
  }

  async text(response: Response): Promise<string | undefined> {
    // A caller's own fetch may return a response with a Node stream.
    if (!(response.body instanceof ReadableStream)) return undefined;
    return webText(response.clone().body as ReadableStream<Uint8Array>);
  }

  discard({ body }: Response): void {
    // A caller's own fetch may return a response with a Node stream.
    if (typeof body?.cancel === "function") void body.cancel().catch(() => undefined);
    else (body as { destroy?: () => void } | null)?.destroy?.();
  }

  hold(response: Response): HeldAnswer<Response> {
    const { provider, clock } = this.#session.context.client;
    return holdAnswer(provider.name, clock, response, response.body, (body) =>
      withBody(response, body),
    );
  }

  failure(error: unknown, url: URL, authorization: Authorization | undefined): unknown {
    const { signal, expired, milliseconds } = this.#deadline;
    const provider = this.#session.context.client.provider.name;
    if (expired) return timedOut(provider, url, milliseconds);
    // As with the platform's fetch, an abort is thrown as the caller's own reason.
    if (signal.aborted) return signal.reason;
    const { name, cause, message } = (error ?? {}) as Partial<Error>;
    if (name === "TypeError" && cause === undefined && typeof message === "string") {
      // Not a network failure: the platform's fetch refused the options.
      return new TypeError(redactorOf(this.#session, authorization).line(message));
    }
    return unreachable(provider, url, networkCode(error));
  }
}

/** Makes the error for a network failure before a response. */
export function unreachable(provider: string, { origin }: URL, code: string): OAuthError {
  return new OAuthError(
    "NETWORK_ERROR",
    `${origin} could not be reached (${code}). Check the network and the URL.`,
    { provider, retryable: true, details: { networkCode: code } },
  );
}

/** Removes the token from a response's URL, because URLs end up in logs. */
function withCleanUrl(response: Response, authorization: Authorization): Response {
  const sent = response.url;
  if (!sent?.includes("?") || !URL.canParse(sent)) return response;
  const url = authorization.removedFrom(new URL(sent)).href;
  return url === sent ? response : withFields(response, { url });
}

/** The options without the session's own. */
function platformOptions(init: SessionRequestInit): RequestInit {
  const { withholdToken: _token, retries: _retries, maxContentLength: _limit, ...options } = init;
  return options;
}

/** The options of a Request, as `fetch` takes them. */
function partsOf(request: Request): RequestInit {
  const { method, headers, body, redirect, signal, keepalive } = request;
  const { cache, credentials, integrity, referrerPolicy } = request;
  return {
    method,
    headers,
    redirect,
    signal,
    keepalive,
    integrity,
    ...defined({ cache, credentials, referrerPolicy }),
    ...(body && { body }),
  };
}

/** The options that are not undefined: an undefined one does not override a Request's (Web IDL). */
function defined<Options extends object>(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Options;
}
