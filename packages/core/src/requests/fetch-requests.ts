import { publishError } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { apiHeaders } from "../http/api-headers.ts";
import { webText } from "../http/body-text.ts";
import { Deadline } from "../http/deadline.ts";
import { type HeldAnswer, holdAnswer } from "../http/held-body.ts";
import { networkCode } from "../http/network-errors.ts";
import {
  checkedLimit,
  limitedResponse,
  tooLarge,
  withBody,
  withFields,
} from "../http/response-limit.ts";
import { Attempts, isReplayable } from "../http/retries.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Authorization, OutgoingRequest } from "./authorizer.ts";
import {
  isRequest,
  NO_OPTIONS,
  optionsOf,
  platformOptions,
  type SessionRequestInit,
} from "./fetch-options.ts";
import type { Hop, HopSender } from "./hop-sender.ts";
import { Journey } from "./journey.ts";
import {
  redactorOf,
  type RequestSender,
  targetOf,
  timedOut,
  timeLimitOf,
  tokenForTarget,
} from "./request-context.ts";

/** Follows as many redirects as the session allows. */
const ALL = Number.POSITIVE_INFINITY;

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
    const init = optionsOf(input, options);
    // Only axios knows the proxy and the certificates of the http option, so axios sends the request.
    if (fetch === undefined && client.transport.hasOptions) {
      const { fetchThroughAxios } = await import("./fetch-through-axios.ts");
      return await fetchThroughAxios(session, target, init);
    }
    const { withholdToken, retries, maxContentLength, redirect, body } = init;
    const withheld = withholdToken === true;
    const awaited = tokenForTarget(session, target, withheld, init.timeout, init.signal);
    if (awaited) await awaited;
    const url = targetOf(session, target, withheld);
    const largest = checkedLimit(provider, maxContentLength);
    const method = (init.method ?? "GET").toUpperCase();
    const milliseconds = timeLimitOf(session, init.timeout);
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
