import { OAuthError } from "../errors/oauth-error.ts";
import type { TimeLimit } from "../http/time-limit.ts";
import { placeInBody, type ResolvedPlacement } from "../http/token-placement.ts";
import { ownFields } from "../own-fields.ts";
import type { Token } from "../tokens/token.ts";
import { hooked, withoutToken, withToken } from "./authorisation.ts";
import { isBound, placementOf, sendProven } from "./proven-request.ts";
import { described } from "./response-limit.ts";
import { type Attempts, ConnectionReset, isReset } from "./retries.ts";
import type { RequestingSession } from "./session-context.ts";
import { watched } from "./watched-request.ts";

/** What fetch takes as a body. */
type Body = RequestInit["body"] | undefined;

/** One call of `session.fetch`, its input taken apart. */
export interface Call {
  readonly session: RequestingSession;
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

/** Sends one request, the token in its place, and no redirect followed. */
export async function sendOnce(
  { session, rest, limit, attempts }: Call,
  request: FetchHop,
  token: Token | undefined,
): Promise<Response> {
  const { url, method, headers, body } = token
    ? await withCredential(session, request, token)
    : request;
  const options: RequestInit & { duplex?: "half" } = ownFields({
    ...rest,
    method,
    headers,
    redirect: "manual",
    signal: limit.signal,
    ...(body !== undefined &&
      body !== null && { body, ...(!isReplayable(body) && { duplex: "half" as const }) }),
  });
  attempts.sending(method);
  const told = { url: request.url, method, attempt: attempts.number, signal: limit.signal };
  try {
    const response = await watched(session, told, () => transmit(session, url, options, token));
    return withoutTokenInUrl(response, token);
  } catch (error) {
    throw isReset(error) ? new ConnectionReset(error) : error;
  }
}

function transmit(
  session: RequestingSession,
  url: URL,
  options: RequestInit,
  token: Token | undefined,
): Promise<Response> {
  const fetch = session.context.fetch ?? globalThis.fetch;
  if (!isBound(token)) return fetch(url.href, options);
  return sendProven<Response>(session, {
    method: options.method ?? "GET",
    url,
    token,
    replayable: isReplayable(options.body),
    send(proof) {
      const headers = new Headers(options.headers);
      headers.set("dpop", proof);
      return fetch(url.href, { ...options, headers });
    },
    status: ({ status }) => status,
    header: (response, name) => response.headers.get(name),
    discard,
  });
}

/** A response whose URL does not show a token that was placed in it: URLs end up in logs. */
function withoutTokenInUrl(response: Response, token: Token | undefined): Response {
  if (!token || !URL.canParse(response.url)) return response;
  const url = withoutToken(new URL(response.url), token).href;
  return url === response.url ? response : described(response, { url });
}

/** Lets go of an answer that nobody reads; a fetch of the caller's may have given one with a stream of Node's. */
export async function discard({ body }: Response): Promise<void> {
  if (typeof body?.cancel === "function") await body.cancel();
  else (body as { destroy?: () => void } | null)?.destroy?.();
}

/** A request after the hooks, with the token in its place. */
async function withCredential(
  session: RequestingSession,
  request: FetchHop,
  token: Token,
): Promise<FetchHop> {
  const { context } = session;
  let { url, method, body } = request;
  let placement: ResolvedPlacement | undefined = placementOf(session, token);
  let headers = new Headers(request.headers);
  if (context.client.hooks.has("protectedRequest")) {
    const plain = Object.fromEntries(headers.entries());
    const changed = await hooked(session, { url, method, headers: plain, body }, token);
    url = context.origins.resolve(changed.url.href, session.allowedOrigins);
    method = changed.method;
    headers = new Headers(changed.headers);
    body = changed.body as Body;
    placement = changed.placement;
  }
  if (!placement) return { url, method, headers, body };
  headers.delete("authorization");
  if (placement.in === "header") {
    headers.set("authorization", `${placement.name} ${token.accessToken}`);
  }
  if (placement.in === "body") {
    body = bodyWithToken({ context, placement }, method, headers, body, token);
  }
  return { url: new URL(withToken(url, placement, token)), method, headers, body };
}

function bodyWithToken(
  { placement, context }: Pick<RequestingSession, "context" | "placement">,
  method: string,
  headers: Headers,
  body: Body,
  token: Token,
): NonNullable<Body> {
  const type = headers.get("content-type");
  const isForm = type === null || /^application\/x-www-form-urlencoded/i.test(type);
  const form =
    method === "GET" || method === "HEAD" || !isForm
      ? undefined
      : placeInBody(body, placement.name, token.accessToken);
  if (form) return form;
  throw new OAuthError(
    "TOKEN_INVALID",
    'tokenPlacement: "body" needs a request with a form body (RFC 6750 §2.2). Send URLSearchParams, or choose another placement.',
    { provider: context.client.provider.name },
  );
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
