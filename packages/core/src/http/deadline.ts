import type { Clock } from "../clock.ts";
import { onAbort } from "./shared-abort.ts";

/** Keeps the deadline of a body that is still being read: its reader holds the body, and the body the deadline. */
const deadlinesOfBodies = new WeakMap<ReadableStream, Deadline>();

/** How the timer and the caller's signal reach a deadline: weakly, once only the reader of a body needs it. */
type Hold = { deref(): Deadline | undefined };

/** A time limit on one whole exchange: aborts its signal when the time is up, or when the caller aborts. */
export class Deadline {
  /** How long the exchange may take. */
  readonly milliseconds: number;
  /** Aborts when the time is up or the caller aborts. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #held: { by: Hold };
  readonly #clock: Clock;
  readonly #stopListening: (() => void) | undefined;
  #cancelTimer: () => void;
  #expired = false;

  /**
   * @param clock - The clock that measures the time.
   * @param milliseconds - How long the exchange may take.
   * @param outer - The caller's own signal.
   * @param untilRead - Whether `lastUntilRead()` will be called. Then no listener is put on the caller's signal: nobody says
   * when a body is read, and a long-lived signal would collect one listener for each.
   */
  constructor(
    clock: Clock,
    milliseconds: number,
    outer?: AbortSignal | null,
    untilRead: boolean = false,
  ) {
    const { signal } = this.#controller;
    const listened = untilRead ? undefined : (outer ?? undefined);
    this.milliseconds = milliseconds;
    this.signal = untilRead && outer ? AbortSignal.any([outer, signal]) : signal;
    this.#held = { by: this };
    this.#clock = clock;
    this.#cancelTimer = Deadline.#startTimer(clock, milliseconds, this.#held);
    this.#stopListening = listened && Deadline.#listen(listened, this.#held);
    if (listened?.aborted) this.#controller.abort(listened.reason);
  }

  // Static functions, because closures of a method would hold `this`.
  static #startTimer(clock: Clock, milliseconds: number, held: { readonly by: Hold }): () => void {
    return clock.after(milliseconds, () => {
      const deadline = held.by.deref();
      if (deadline) deadline.#expire();
    });
  }

  static #listen(outer: AbortSignal, held: { readonly by: Hold }): () => void {
    return onAbort(outer, () => {
      const deadline = held.by.deref();
      if (deadline) deadline.#controller.abort(outer.reason);
    });
  }

  /** Whether the time was up before the exchange was over. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Ends the time limit: the exchange is over. */
  clear(): void {
    this.#cancelTimer();
    this.#stopListening?.();
  }

  /** Stops the time until `restart()`. The caller's abort still reaches the signal. */
  stop(): void {
    this.#cancelTimer();
  }

  /** Starts the time from zero. */
  restart(): void {
    this.#cancelTimer = Deadline.#startTimer(this.#clock, this.milliseconds, this.#held);
  }

  /**
   * Keeps the time limit until the body is read. A body that its reader drops is collected together with the deadline,
   * which is why the body holds it and not the response: a caller may keep a reader alone.
   */
  lastUntilRead(body: ReadableStream | null): void {
    if (body === null) return this.clear();
    deadlinesOfBodies.set(body, this);
    this.#held.by = new WeakRef<Deadline>(this);
  }

  /** This deadline: its timer holds it as it holds a WeakRef. */
  deref(): this {
    return this;
  }

  #expire(): void {
    this.#expired = true;
    this.#controller.abort(new DOMException("The exchange took too long", "TimeoutError"));
  }
}
