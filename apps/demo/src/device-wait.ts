import type { DeviceAuthorization, DevicePending, OAuth2Client, Token } from "@grantkit/core";

/** How a device flow went on: an answer of "not yet", or a token, or the end of it. */
type Outcome = { readonly token: Token } | { readonly error: unknown };

/** RFC 8628 §3.5: seconds that each `slow_down` adds. */
const SLOWER = 5;

/** A sign-in on another device that is waited for, whether or not anybody looks at its page. */
export class DeviceWait {
  readonly device: DeviceAuthorization;
  /** The answers of "not yet", the oldest first. */
  readonly answers: DevicePending[] = [];
  /** Undefined as long as nothing is decided. */
  outcome: Outcome | undefined;
  readonly #client: OAuth2Client;
  #stop = new AbortController();
  /** Seconds between two questions. */
  #interval: number;

  constructor(client: OAuth2Client, device: DeviceAuthorization) {
    this.device = device;
    this.#client = client;
    this.#interval = device.interval;
    this.#ask(device.interval);
  }

  /** Asks at once and not when it is time, to see what the provider says to that; then at the pace that it wants. */
  askTooSoon(): void {
    if (this.outcome) return;
    this.#ask(0.01, ({ reason, interval }) => {
      const slower = reason === "slow_down" ? this.#interval + SLOWER : this.#interval;
      return Math.max(slower, interval);
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  #ask(interval: number, paceAfter?: (answer: DevicePending) => number): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    void this.#wait({ ...this.device, interval }, this.#stop, paceAfter);
  }

  async #wait(
    device: DeviceAuthorization,
    stop: AbortController,
    paceAfter?: (answer: DevicePending) => number,
  ): Promise<void> {
    const onPending = (answer: DevicePending): void => {
      this.#interval = paceAfter?.(answer) ?? answer.interval;
      this.answers.push({ ...answer, interval: this.#interval });
      if (paceAfter) this.#ask(this.#interval);
    };
    try {
      const { signal } = stop;
      this.outcome = { token: await this.#client.fetchDeviceToken(device, { signal, onPending }) };
    } catch (error) {
      // What was stopped for another question has nothing to say.
      if (this.#stop === stop) this.outcome ??= { error };
    }
  }
}
