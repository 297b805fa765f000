/** The result of a poll with a device code. */
export type DevicePoll<Grant> =
  | { readonly state: "approved"; readonly grant: Grant }
  | { readonly state: "slow-down"; readonly interval: number }
  | { readonly state: "pending" | "denied" | "expired" | "unknown" };

/** A device that is waiting for its user. */
export interface WaitingDevice {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly scopes: readonly string[];
}

/** The devices that are waiting for their users (RFC 8628). */
export interface DeviceCodes<Grant> {
  /** Adds a device. Its codes expire after `lifetime` seconds; it may poll every `interval` seconds. */
  add(device: WaitingDevice, lifetime: number, interval: number): void;
  /** Finds the device with this user code, if it is still waiting. */
  waiting(userCode: string): WaitingDevice | undefined;
  /** Stores the user's decision; undefined denies access. */
  decide(deviceCode: string, grant: Grant | undefined): void;
  /** Answers one poll. An approved code works once. */
  poll(deviceCode: string | undefined): DevicePoll<Grant>;
}

interface Entry<Grant> {
  readonly device: WaitingDevice;
  readonly expiresAt: number;
  interval: number;
  lastPoll: number;
  decision?: { readonly grant: Grant | undefined };
}

// Each slow_down adds 5 seconds, according to GitHub and to RFC 8628 section 3.5.
const SLOW_DOWN_SECONDS = 5;

/** Creates an empty list of devices on the given clock (milliseconds). */
export function deviceCodes<Grant>(now: () => number): DeviceCodes<Grant> {
  const entries = new Map<string, Entry<Grant>>();
  const undecided = (entry: Entry<Grant>): DevicePoll<Grant> => {
    const tooSoon = now() - entry.lastPoll < entry.interval * 1000;
    entry.lastPoll = now();
    if (!tooSoon) return { state: "pending" };
    entry.interval += SLOW_DOWN_SECONDS;
    return { state: "slow-down", interval: entry.interval };
  };
  return {
    add(device, lifetime, interval) {
      const expiresAt = now() + lifetime * 1000;
      entries.set(device.deviceCode, { device, expiresAt, interval, lastPoll: -Infinity });
    },
    waiting(userCode) {
      const entry = [...entries.values()].find(({ device }) => device.userCode === userCode);
      const waits = entry !== undefined && !entry.decision && entry.expiresAt > now();
      return waits ? entry.device : undefined;
    },
    decide(deviceCode, grant) {
      const entry = entries.get(deviceCode);
      if (entry !== undefined) entry.decision ??= { grant };
    },
    poll(deviceCode) {
      const entry = entries.get(deviceCode ?? "");
      if (entry === undefined) return { state: "unknown" };
      if (entry.expiresAt <= now()) return { state: "expired" };
      if (entry.decision === undefined) return undecided(entry);
      if (entry.decision.grant === undefined) return { state: "denied" };
      entries.delete(entry.device.deviceCode);
      return { state: "approved", grant: entry.decision.grant };
    },
  };
}
