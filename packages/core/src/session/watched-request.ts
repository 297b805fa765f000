import { isWatched, publish } from "../diagnostics.ts";
import type { RequestingSession } from "./session-context.ts";

/** Sends a request, and tells operators how it ended, if one listens. */
export async function watched<Answer extends { readonly status: number }>(
  { context }: RequestingSession,
  request: { readonly url: string; readonly method: string; readonly attempt: number },
  send: () => Promise<Answer>,
): Promise<Answer> {
  if (!isWatched("grantkit:request")) return send();
  const { provider, clock } = context.client;
  const start = clock.now();
  const { origin, pathname } = new URL(request.url);
  let status: number | undefined;
  try {
    const answer = await send();
    ({ status } = answer);
    return answer;
  } finally {
    publish("grantkit:request", () => ({
      provider: provider.name,
      method: request.method.toUpperCase(),
      origin,
      path: pathname,
      attempt: request.attempt,
      status,
      duration: clock.now() - start,
    }));
  }
}
