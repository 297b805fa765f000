import type { DeviceAuthorization, DevicePending, OAuth2Client, Token } from "@grantkit/core";

/** Seconds that each `slow_down` adds to the interval (RFC 8628 §3.5). */
const SLOW_DOWN = 5;

/** A pending sign-in on another device. It polls the provider whether or not its page is open. */
export class DeviceSignIn {
  readonly device: DeviceAuthorization;
  /** The answers of the polls so far, oldest first. */
  readonly answers: DevicePending[] = [];
  /** Resolves to the token of the user's decision. */
  readonly token: Promise<Token>;
  readonly #client: OAuth2Client;
  #stop = new AbortController();
  /** Seconds between two polls. */
  #interval: number;
  #end!: { readonly resolve: (token: Token) => void; readonly reject: (error: unknown) => void };

  constructor(client: OAuth2Client, device: DeviceAuthorization) {
    this.device = device;
    this.#client = client;
    this.#interval = device.interval;
    this.token = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    // Without a run that waits for it, a failure would end the process.
    this.token.catch(() => undefined);
    void this.#poll(device.interval);
  }

  /** Polls at once, to show what the provider answers to that, and then at the interval that it asks for. */
  pollEarly(): void {
    void this.#poll(0.01, ({ reason, interval }) => {
      const slower = reason === "slow_down" ? this.#interval + SLOW_DOWN : this.#interval;
      return Math.max(slower, interval);
    });
  }

  /** Ends the wait: `token` is rejected with `ABORTED`. */
  stop(): void {
    this.#stop.abort();
  }

  async #poll(interval: number, intervalAfter?: (answer: DevicePending) => number): Promise<void> {
    const replaced = this.#stop;
    const stop = (this.#stop = new AbortController());
    replaced.abort();
    const onPending = (answer: DevicePending): void => {
      this.#interval = intervalAfter?.(answer) ?? answer.interval;
      this.answers.push({ ...answer, interval: this.#interval });
      if (intervalAfter) void this.#poll(this.#interval);
    };
    try {
      const { signal } = stop;
      const waiting = { ...this.device, interval };
      this.#end.resolve(await this.#client.fetchDeviceToken(waiting, { signal, onPending }));
    } catch (error) {
      // The abort of a poll that another one replaced is no end.
      if (this.#stop === stop) this.#end.reject(error);
    }
  }
}
