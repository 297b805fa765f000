import type { Clock } from "../clock.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { pause } from "../http/pause.ts";
import { ownFields } from "../options/own-fields.ts";
import { storedInstant } from "../tokens/field-reader.ts";
import type { DeviceAuthorizationRecord } from "./device-authorization.ts";

/** Seconds that `slow_down` adds to the interval (RFC 8628 §3.5). */
const SLOWER = 5;
/** The longest interval in seconds while the network or the provider fails. */
const LONGEST_INTERVAL = 60;

/** One poll that was answered with "not yet". */
export interface DevicePending {
  /** How many polls there have been. */
  readonly attempt: number;
  /** Seconds until the next poll. */
  readonly interval: number;
  /** Why the wait goes on; `unavailable` when the provider could not be reached. */
  readonly reason: "authorization_pending" | "slow_down" | "unavailable";
  /** Seconds until the code expires. */
  readonly expiresIn: number;
}

/** Options of the wait for a device flow's user. */
export interface DeviceTokenOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Called after each poll that was not the last. */
  readonly onPending?: (pending: DevicePending) => void;
}

/** Who polls, and by which clock. */
interface PollingClient {
  /** The provider's name. */
  readonly provider: string;
  readonly clock: Clock;
}

/**
 * Polls until the user has decided, or the code has expired.
 *
 * @param poll - Asks once; it throws an OAuthError `AUTHORIZATION_PENDING` or `SLOW_DOWN` for "not yet".
 * @throws OAuthError: `DEVICE_CODE_EXPIRED`, `ABORTED`, and what `poll` throws for good.
 */
export async function pollForUser<Result>(
  { provider, clock }: PollingClient,
  device: DeviceAuthorizationRecord,
  { signal, onPending }: DeviceTokenOptions,
  poll: () => Promise<Result>,
): Promise<Result> {
  const end = checkedEnd(provider, device);
  let { interval } = device;
  for (let attempt = 1; ; attempt += 1) {
    if (clock.now() + interval * 1000 >= end) {
      const message =
        "The code expired before the user entered it: start again with fetchDeviceAuthorization().";
      throw new OAuthError("DEVICE_CODE_EXPIRED", message, { provider });
    }
    await waitForUser({ provider, clock }, interval, signal);
    try {
      return await poll();
    } catch (error) {
      const next = OAuthError.isInstance(error) ? nextInterval(error, interval) : undefined;
      if (next === undefined) throw error;
      interval = next.interval;
      const expiresIn = Math.max(0, Math.floor((end - clock.now()) / 1000));
      onPending?.({ ...next, attempt, expiresIn });
    }
  }
}

/** Decides how many seconds to wait after an error; undefined after a final one. */
function nextInterval(
  error: OAuthError,
  interval: number,
): Pick<DevicePending, "interval" | "reason"> | undefined {
  if (error.code === "AUTHORIZATION_PENDING") return { interval, reason: "authorization_pending" };
  if (error.code === "SLOW_DOWN") {
    // Some providers name the interval; the RFC's five seconds more are the least.
    const named = Number(error.details?.["interval"] ?? 0);
    return { interval: Math.max(interval + SLOWER, named || 0), reason: "slow_down" };
  }
  if (!error.retryable) return undefined;
  const slower = Math.min(interval * 2, Math.max(interval, LONGEST_INTERVAL));
  return { interval: Math.max(slower, error.retryAfter ?? 0), reason: "unavailable" };
}

async function waitForUser(
  { clock, provider }: PollingClient,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await pause(clock, seconds * 1000, signal).catch(() => {
    const message = `Waiting for the user's decision at ${provider} was aborted.`;
    throw new OAuthError("ABORTED", message, { provider });
  });
}

/**
 * Checks a device flow, and returns when it ends in milliseconds since the epoch.
 *
 * @throws ConfigurationError.
 */
function checkedEnd(provider: string, device: DeviceAuthorizationRecord): number {
  const { deviceCode, interval, expiresAt, scope } = ownFields<Partial<DeviceAuthorizationRecord>>(
    device ?? {},
  );
  const end = storedInstant(expiresAt);
  const isSound =
    typeof deviceCode === "string" &&
    typeof interval === "number" &&
    interval > 0 &&
    Array.isArray(scope);
  if (isSound && end !== undefined) return end;
  const problem = "device must be what fetchDeviceAuthorization() returned";
  throw new ConfigurationError("fetchDeviceToken()", [problem], provider);
}
