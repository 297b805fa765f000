import type { ClientContext } from "../client-context.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { pause } from "../http/pause.ts";
import { unlessAborted } from "../http/unless-aborted.ts";

const MOST_TRIES = 4;
/** Milliseconds before the second try; each further pause is twice as long. */
const FIRST_PAUSE = 250;

/**
 * Verifies an ID token again while the provider's keys are unavailable: its code is spent, so giving up would cost the
 * user the sign-in. Four tries at most, none of them after twice the time limit of a request.
 *
 * @throws What the last try throws; OAuthError with code `ABORTED`.
 */
export async function withPatienceForKeys<Result>(
  { clock, endpointTimeout, provider: { name: provider } }: ClientContext,
  verify: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const end = clock.now() + 2 * endpointTimeout;
  for (let tries = 1; ; tries += 1) {
    try {
      return await unlessAborted(verify(), signal);
    } catch (error) {
      if (signal?.aborted) throw aborted(provider);
      const isWorthIt =
        OAuthError.isInstance(error) && error.code === "KEY_SET_UNAVAILABLE" && tries < MOST_TRIES;
      const wait = FIRST_PAUSE * 2 ** (tries - 1);
      if (!isWorthIt || clock.now() + wait >= end) throw error;
      await pause(clock, wait, signal).catch(() => {
        throw aborted(provider);
      });
    }
  }
}

function aborted(provider: string): OAuthError {
  const message = `Waiting for the keys of ${provider} was aborted. This sign-in cannot be continued: let the user sign in again.`;
  return new OAuthError("ABORTED", message, { provider });
}
