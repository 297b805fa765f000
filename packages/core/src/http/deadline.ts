import type { Clock } from "../clock.ts";

/** A limit on one whole exchange: aborts its signal when the time is up, or when the caller aborts. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #cancel: () => void;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuterAbort = (): void => this.#controller.abort(this.#outer?.reason);
  #expired = false;

  /**
   * @param clock - Time.
   * @param milliseconds - How long the exchange may take.
   * @param outer - The caller's own signal.
   */
  constructor(clock: Clock, milliseconds: number, outer?: AbortSignal | null) {
    this.#outer = outer ?? undefined;
    if (this.#outer?.aborted) this.#onOuterAbort();
    else this.#outer?.addEventListener("abort", this.#onOuterAbort, { once: true });
    this.#cancel = clock.after(milliseconds, () => {
      this.#expired = true;
      this.#controller.abort(new DOMException("The exchange took too long", "TimeoutError"));
    });
  }

  /** Aborts when the time is up or the caller aborts. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was up before the exchange was over. */
  get expired(): boolean {
    return this.#expired;
  }

  /** To be called when the exchange is over. */
  clear(): void {
    this.#cancel();
    this.#outer?.removeEventListener("abort", this.#onOuterAbort);
  }
}
