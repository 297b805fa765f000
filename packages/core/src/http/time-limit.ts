import type { Clock } from "../clock.ts";

/**
 * A body keeps its limit: dropped by the caller, it is collected with all that belongs to it. The body and not the
 * response, which is gone as soon as a caller holds on to a reader alone.
 */
const limits = new WeakMap<ReadableStream, TimeLimit>();

/**
 * The time limit of a fetch, which goes on while the caller reads the body. Nobody says when that is over, so
 * the timer holds the limit weakly, and `AbortSignal.any` does the same for a long-lived signal of the caller's.
 */
export class TimeLimit {
  /** How long the exchange may take. */
  readonly milliseconds: number;
  /** Aborts when the time is up or the caller aborts. */
  readonly signal: AbortSignal;
  /** Ends the limit. */
  readonly cancel: () => void;
  readonly #controller = new AbortController();
  #expired = false;

  constructor(clock: Clock, milliseconds: number, outer: AbortSignal | null | undefined) {
    this.milliseconds = milliseconds;
    this.signal = outer
      ? AbortSignal.any([outer, this.#controller.signal])
      : this.#controller.signal;
    const weak = new WeakRef(this);
    this.cancel = clock.after(milliseconds, () => {
      const limit = weak.deref();
      if (limit) limit.#expire();
    });
  }

  /** Whether the time was up. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Ends the exchange: of what has come of it, nobody will read anything. */
  abandon(): void {
    this.cancel();
    this.#controller.abort();
  }

  /** Lasts as long as the response's body does. */
  watch(response: Response): void {
    if (response.body === null) this.cancel();
    else limits.set(response.body, this);
  }

  #expire(): void {
    this.#expired = true;
    this.#controller.abort(new DOMException("The exchange took too long", "TimeoutError"));
  }
}
