import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { apiHeaders } from "../http/api-origins.ts";
import { Deadline } from "../http/deadline.ts";
import { networkCode } from "../http/network-errors.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Authorization, OutgoingRequest } from "./authorizer.ts";
import { webText } from "./body-text.ts";
import type { Hop, HopSender } from "./hop-sender.ts";
import { Journey } from "./journey.ts";
import { redactorOf, type RequestSender, targetOf, timedOut } from "./request-context.ts";
import { checkedLimit, limitedResponse, tooLarge, withFields } from "./response-limit.ts";
import { Attempts, isReplayable } from "./retries.ts";

/** The options of `session.fetch`: the platform's, and three of the session's. */
export interface SessionRequestInit extends RequestInit {
  /** Sends the request without the token, and then to any origin. */
  readonly withholdToken?: boolean;
  /**
   * How many times a transient failure of this request is retried.
   *
   * @defaultValue the session's choice
   */
  readonly retries?: number | false;
  /**
   * Bytes of the answer that may be read, after decompression; a longer body ends with `RESPONSE_TOO_LARGE`.
   *
   * @defaultValue 10 MiB
   */
  readonly maxContentLength?: number;
}

/** Follows redirects as far as the session does. */
const ALL = Number.POSITIVE_INFINITY;

/** Sends a request with the platform's `fetch` (or the client's), authorized by the session. */
export async function fetchAuthorized(
  session: RequestSender,
  input: string | URL | Request,
  options: SessionRequestInit = {},
): Promise<Response> {
  try {
    const isRequest = typeof input !== "string" && !(input instanceof URL);
    // A Request has every option that init may have: init goes on top of it, as in the platform's fetch.
    const init = ownFields<SessionRequestInit>(
      isRequest ? { ...partsOf(input), ...defined(ownFields(options)) } : options,
    );
    const url = isRequest ? input.url : String(input);
    const { client, fetch } = session.context;
    // What the http option says of proxies and certificates holds for axios alone, and so axios sends the request.
    if (fetch === undefined && client.transport.hasOptions) {
      const { fetchThroughAxios } = await import("./fetch-through-axios.ts");
      return await fetchThroughAxios(session, url, init);
    }
    return await send(session, url, init);
  } catch (error) {
    publishError(session.context.client.provider.name, error);
    throw error;
  }
}

async function send(
  session: RequestSender,
  target: string,
  init: SessionRequestInit,
): Promise<Response> {
  const { withholdToken: withheld = false, retries, maxContentLength, redirect, ...more } = init;
  const options = ownFields(more);
  const { client } = session.context;
  const provider = client.provider.name;
  const url = targetOf(session, target, withheld);
  const largest = checkedLimit(provider, maxContentLength);
  const method = (options.method ?? "GET").toUpperCase();
  const milliseconds = client.apiTimeout;
  const replayable = isReplayable(options.body);
  const attempts = new Attempts(session, { method, replayable, retries, milliseconds });
  const deadline = new Deadline(client.clock, milliseconds, options.signal, true);
  const sender = new FetchSender(session, options, deadline);
  const redirects = redirect === "manual" || redirect === "error" ? redirect : ALL;
  const journey = new Journey(session, sender, attempts, deadline, redirects);
  try {
    const { answer, redirected } = await journey.sendWithRetries(url, method, withheld);
    const response = limitedResponse(
      redirected ? withFields(answer, { redirected }) : answer,
      largest,
      () => tooLarge(provider, url),
    );
    deadline.lastUntilRead(response.body);
    return response;
  } catch (error) {
    deadline.clear();
    throw error;
  }
}

/** Sends one hop with `fetch`. */
class FetchSender implements HopSender<Response> {
  readonly body: RequestInit["body"];
  readonly hasBody: boolean;
  readonly #session: RequestSender;
  /** The options that are passed on as they are. */
  readonly #options: RequestInit;
  /** Those of the caller, as they were when the request was made. */
  readonly #headers: Headers | undefined;
  readonly #deadline: Deadline;

  constructor(session: RequestSender, init: RequestInit, deadline: Deadline) {
    const { headers, body, ...options } = init;
    this.#session = session;
    this.#options = options;
    this.#headers = headers && new Headers(headers);
    this.body = body ?? undefined;
    this.hasBody = (this.body ?? undefined) !== undefined;
    this.#deadline = deadline;
  }

  headers(): Headers {
    const { client, fetch = globalThis.fetch } = this.#session.context;
    const headers = new Headers(apiHeaders(client.provider));
    this.#headers?.forEach((value, name) => headers.set(name, value));
    // The platform's fetch takes the host from the URL, and no signature must name another.
    if (fetch === globalThis.fetch) headers.delete("host");
    return headers;
  }

  send({ url, method, headers, body }: OutgoingRequest, hop: Hop): Promise<Response> {
    const options: RequestInit & { duplex?: "half" } = ownFields(this.#options);
    const { signal } = this.#deadline;
    Object.assign(options, { method, headers, redirect: "manual", signal });
    if (body !== undefined && body !== null) {
      options.body = body as NonNullable<RequestInit["body"]>;
      if (!isReplayable(body)) options.duplex = "half";
    }
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
    const { body } = response.clone();
    return body ? webText(body) : undefined;
  }

  discard({ body }: Response): void {
    // A fetch of the caller's may have given an answer with a stream of Node's.
    if (typeof body?.cancel === "function") void body.cancel().catch(() => undefined);
    else (body as { destroy?: () => void } | null)?.destroy?.();
  }

  failure(error: unknown, url: URL, authorization: Authorization | undefined): unknown {
    const { signal, expired, milliseconds } = this.#deadline;
    const provider = this.#session.context.client.provider.name;
    if (expired) return timedOut(provider, url, milliseconds);
    // As with the platform's fetch, an abort comes out as the reason that the caller gave.
    if (signal.aborted) return signal.reason;
    const { name, cause, message } = (error ?? {}) as Partial<Error>;
    if (name === "TypeError" && cause === undefined && typeof message === "string") {
      // Not the network: the platform's fetch cannot be called like this.
      return new TypeError(redactorOf(this.#session, authorization).line(message));
    }
    return unreachable(provider, url, networkCode(error));
  }
}

/** The network failed before there was an answer. */
export function unreachable(provider: string, { origin }: URL, code: string): OAuthError {
  return new OAuthError(
    "NETWORK_ERROR",
    `${origin} could not be reached (${code}). Check the network and the URL.`,
    { provider, retryable: true, details: { networkCode: code } },
  );
}

/** A response whose URL does not show what was placed in it: URLs end up in logs. */
function withCleanUrl(response: Response, authorization: Authorization): Response {
  const sent = response.url;
  if (!sent?.includes("?") || !URL.canParse(sent)) return response;
  const url = authorization.removedFrom(new URL(sent)).href;
  return url === sent ? response : withFields(response, { url });
}

/** The options of a Request that `fetch` takes as well. */
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

/** The options that are not undefined: an undefined one is absent (Web IDL), and replaces none of a Request's own. */
function defined<Options extends object>(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Options;
}
