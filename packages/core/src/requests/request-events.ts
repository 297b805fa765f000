import { isWatched, publish } from "../diagnostics.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { networkCode } from "../http/network-errors.ts";
import { redactorOf, type RequestSender } from "./request-context.ts";

/** What a `grantkit:request` event reports of a request. */
export interface WatchedRequest {
  /** The URL without the token. */
  readonly url: URL;
  readonly method: string;
  readonly attempt: number;
  /** Aborts the request: by its caller or its deadline. */
  readonly signal: AbortSignal;
}

/** Sends a request, and publishes its outcome if the channel has a subscriber. */
export function watched<Answer extends { readonly status: number }>(
  session: RequestSender,
  request: WatchedRequest,
  send: () => Promise<Answer>,
): Promise<Answer> {
  return isWatched("grantkit:request") ? told(session, request, send) : send();
}

async function told<Answer extends { readonly status: number }>(
  session: RequestSender,
  request: WatchedRequest,
  send: () => Promise<Answer>,
): Promise<Answer> {
  const { provider, clock } = session.context.client;
  const start = clock.now();
  const tell = (status: number | undefined, code?: string): void =>
    publish("grantkit:request", () => ({
      provider: provider.name,
      method: request.method.toUpperCase(),
      origin: request.url.origin,
      path: pathOf(session, request.url),
      attempt: request.attempt,
      status,
      code,
      duration: clock.now() - start,
    }));
  try {
    const answer = await send();
    tell(answer.status);
    return answer;
  } catch (error) {
    tell(undefined, codeOf(error, request.signal));
    throw error;
  }
}

function pathOf(session: RequestSender, url: URL): string | undefined {
  const { context, allowedOrigins } = session;
  if (!context.origins.isOwn(url) && !allowedOrigins?.has(url.origin)) return undefined;
  return redactorOf(session).text(url.pathname);
}

function codeOf(error: unknown, { aborted, reason }: AbortSignal): string {
  if (aborted)
    return (reason as Error | undefined)?.name === "TimeoutError" ? "TIMEOUT" : "ABORTED";
  if (OAuthError.isInstance(error)) return error.code;
  const code = networkCode(error);
  return code === "no answer" ? "NETWORK_ERROR" : code;
}
