import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { DeviceAuthorization } from "./device-authorization.ts";
import type { Token } from "../tokens/token.ts";
import { explainSpentCode } from "./spent-code.ts";
import { grantedClaims, grantedToken } from "./granted-token.ts";
import { type GrantedTokens, requestTokens } from "./token-endpoint.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** Seconds that `slow_down` adds (RFC 8628 §3.5). */
const SLOWER = 5;
/** Seconds between two questions, at most, while the network or the provider fails. */
const LONGEST_INTERVAL = 60;

/** One question that was answered with "not yet". */
export interface DevicePending {
  /** How many times it was asked. */
  readonly attempt: number;
  /** Seconds until the next time. */
  readonly interval: number;
  /** Whether the provider asked for longer pauses, or could not be reached. */
  readonly reason: "authorization_pending" | "slow_down" | "unavailable";
  /** Seconds until the code ends. */
  readonly expiresIn: number;
}

/** How to wait for the user. */
export interface DeviceTokenOptions {
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
  /** Called after each answer that is not the last. */
  readonly onPending?: (pending: DevicePending) => void;
}

/**
 * Waits for the user to decide on another device (RFC 8628 §3.4): asks at the provider's interval, slower when it says
 * so or has trouble, until there is a token, a no, an abort or the code's end.
 */
export async function pollForDeviceToken(
  context: ClientContext,
  device: DeviceAuthorization,
  { signal, onPending }: DeviceTokenOptions,
): Promise<Token> {
  const { provider, clock } = context;
  checkDevice(provider.name, device);
  let { interval } = device;
  for (let attempt = 1; ; attempt += 1) {
    if (clock.now() + interval * 1000 >= device.expiresAt) throw expired(provider.name);
    await pause(context, interval, signal);
    let granted: GrantedTokens;
    try {
      granted = await ask(context, device, signal);
    } catch (error) {
      const next = OAuthError.isInstance(error) ? nextInterval(error, interval) : undefined;
      if (next === undefined) throw error;
      interval = next.interval;
      onPending?.({
        attempt,
        interval,
        reason: next.reason,
        expiresIn: Math.max(0, Math.floor((device.expiresAt - clock.now()) / 1000)),
      });
      continue;
    }
    // The code is spent: what goes wrong from here on does not pass by asking again.
    const claims = await grantedClaims(context, granted).catch((error: unknown) => {
      throw explainSpentCode(error);
    });
    return grantedToken(context, granted, { requestedScope: device.scope, claims });
  }
}

function ask(
  context: ClientContext,
  { deviceCode }: DeviceAuthorization,
  signal: AbortSignal | undefined,
): Promise<GrantedTokens> {
  return requestTokens(context, {
    grant: GRANT,
    parameters: { device_code: deviceCode },
    secrets: [deviceCode],
    advice: { INVALID_GRANT: "Start again with fetchDeviceAuthorization()." },
    signal,
  });
}

/** How long to wait before the next question; undefined after an answer that is final. */
function nextInterval(
  error: OAuthError,
  interval: number,
): Pick<DevicePending, "interval" | "reason"> | undefined {
  if (error.code === "AUTHORIZATION_PENDING") return { interval, reason: "authorization_pending" };
  if (error.code === "SLOW_DOWN") {
    // Some providers say how slow; it is never less than the RFC's five seconds more.
    const named = Number(error.details?.["interval"] ?? 0);
    return { interval: Math.max(interval + SLOWER, named || 0), reason: "slow_down" };
  }
  if (!error.retryable) return undefined;
  const slower = Math.min(interval * 2, Math.max(interval, LONGEST_INTERVAL));
  return { interval: Math.max(slower, error.retryAfter ?? 0), reason: "unavailable" };
}

function pause(
  { clock, provider }: ClientContext,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(
        new OAuthError(
          "ABORTED",
          `Waiting for the user's decision at ${provider.name} was aborted.`,
          {
            provider: provider.name,
          },
        ),
      );
    };
    const wake = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    // A command line that waits for its user has often nothing else to stay alive for.
    const cancel = clock.after(seconds * 1000, wake, true);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

function expired(provider: string): OAuthError {
  return new OAuthError(
    "DEVICE_CODE_EXPIRED",
    "The code ended before the user entered it: start again with fetchDeviceAuthorization().",
    { provider },
  );
}

function checkDevice(provider: string, device: DeviceAuthorization): void {
  const { deviceCode, interval, expiresAt, scope } = (device ?? {}) as Partial<DeviceAuthorization>;
  const sound =
    typeof deviceCode === "string" &&
    typeof interval === "number" &&
    interval > 0 &&
    Number.isFinite(expiresAt) &&
    Array.isArray(scope);
  if (sound) return;
  throw new ConfigurationError(
    "fetchDeviceToken()",
    ["device must be what fetchDeviceAuthorization() returned"],
    provider,
  );
}
