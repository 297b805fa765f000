import type { TimeLimit } from "../http/time-limit.ts";
import { ownFields } from "../options/own-fields.ts";
import type { Authorization, OutgoingRequest, DpopRequest } from "./authorizer.ts";
import { placed, type RequestSender } from "./request-context.ts";
import { described } from "./response-limit.ts";
import { type Attempts, ConnectionReset, isReset } from "./retries.ts";
import { watched } from "./request-events.ts";

/** What fetch takes as a body. */
type Body = RequestInit["body"] | undefined;

/** One call of `session.fetch`, its input taken apart. */
export interface Call {
  readonly session: RequestSender;
  /** The options that are passed on as they are. */
  readonly rest: RequestInit;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly redirect: RequestInit["redirect"];
  readonly signal: RequestInit["signal"];
  readonly limit: TimeLimit;
  readonly attempts: Attempts;
}

/** One request of a journey. */
export interface FetchHop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body;
}

/** Sends one request, authorized, and no redirect followed. */
export async function sendOnce(
  { session, rest, limit, attempts }: Call,
  hop: FetchHop,
  authorization: Authorization | undefined,
): Promise<Response> {
  const request: OutgoingRequest & { readonly headers: Headers } = {
    ...hop,
    headers: authorization ? new Headers(hop.headers) : hop.headers,
  };
  // Not awaited for nothing: it is in place at once, unless a hook sees the request first.
  const placing = placed(authorization, request, limit.signal);
  if (placing) await placing;
  const { url, method, headers } = request;
  const body = request.body as Body;
  const options: RequestInit & { duplex?: "half" } = ownFields(rest);
  Object.assign(options, { method, headers, redirect: "manual", signal: limit.signal });
  if (body !== undefined && body !== null) {
    options.body = body;
    if (!isReplayable(body)) options.duplex = "half";
  }
  attempts.sending(method);
  const told = { url: hop.url, method, attempt: attempts.number, signal: limit.signal };
  const fetch = session.context.fetch ?? globalThis.fetch;
  try {
    const response = await watched(session, told, () =>
      authorization?.transmit
        ? authorization.transmit(provable(fetch, url, options))
        : fetch(url.href, options),
    );
    return withCleanUrl(response, authorization);
  } catch (error) {
    throw isReset(error) ? new ConnectionReset(error) : error;
  }
}

function provable(
  fetch: typeof globalThis.fetch,
  url: URL,
  options: RequestInit,
): DpopRequest<Response> {
  return {
    method: options.method ?? "GET",
    url,
    replayable: isReplayable(options.body),
    send(proof) {
      const headers = new Headers(options.headers);
      headers.set("dpop", proof);
      return fetch(url.href, { ...options, headers });
    },
    status: ({ status }) => status,
    header: (response, name) => response.headers.get(name),
    discard,
  };
}

/** A response whose URL does not show what was placed in it: URLs end up in logs. */
function withCleanUrl(response: Response, authorization: Authorization | undefined): Response {
  const sent = response.url;
  if (!authorization || !sent?.includes("?") || !URL.canParse(sent)) return response;
  const url = authorization.removedFrom(new URL(sent)).href;
  return url === sent ? response : described(response, { url });
}

/** Lets go of an answer that nobody reads; a fetch of the caller's may have given one with a stream of Node's. */
export async function discard({ body }: Response): Promise<void> {
  if (typeof body?.cancel === "function") await body.cancel();
  else (body as { destroy?: () => void } | null)?.destroy?.();
}

/** Whether a body can be sent again. */
export function isReplayable(body: unknown): boolean {
  return !(
    body instanceof ReadableStream ||
    typeof (body as { [Symbol.asyncIterator]?: unknown } | null | undefined)?.[
      Symbol.asyncIterator
    ] === "function"
  );
}
