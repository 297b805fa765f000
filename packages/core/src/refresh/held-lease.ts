import type { ClientContext } from "../client-context.ts";
import type { StoreLease } from "../tokens/token-store.ts";
import { lockLost } from "./refresh-errors.ts";

/**
 * How long a lock lasts without being extended, in milliseconds. Shorter than the grace period of providers that accept a
 * rotated refresh token once more: when its holder is killed, another process must come in time.
 */
export const LEASE = 5_000;

/** A store's lock that is extended again and again while this process lives and works under it. */
export class HeldLease {
  readonly #client: ClientContext;
  readonly #lease: StoreLease;
  #until: number;
  #cancel: () => void = () => undefined;
  #isOver = false;

  constructor(client: ClientContext, lease: StoreLease) {
    this.#client = client;
    this.#lease = lease;
    this.#until = client.clock.now() + LEASE;
    this.#schedule();
  }

  /**
   * Extends the lock before what only its holder may do.
   *
   * @throws OAuthError with code `STORE_LOCK_LOST`.
   */
  async assertHeld(): Promise<void> {
    const { clock, provider } = this.#client;
    const { signal } = this.#lease;
    const isHeld = !signal.aborted && (await this.#lease.isHeld()) && (await this.#extend());
    // By the clock too: the store's answer may be late.
    if (!isHeld || clock.now() >= this.#until) throw lockLost(provider.name);
  }

  /** Stops extending the lock. */
  end(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #schedule(): void {
    if (this.#isOver) return;
    this.#cancel = this.#client.clock.after(LEASE / 3, () => {
      // After an error too: the store may answer the next time.
      void this.#extend()
        .catch(() => true)
        .then((isHeld) => isHeld && this.#schedule());
    });
  }

  async #extend(): Promise<boolean> {
    if (!this.#lease.extend) return true;
    const asked = this.#client.clock.now();
    const isHeld = await this.#lease.extend();
    if (isHeld) this.#until = asked + LEASE;
    return isHeld;
  }
}
