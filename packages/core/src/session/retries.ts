import { parseRetryAfter } from "../http/retry-after.ts";
import type { RequestingSession } from "./session-context.ts";

/** Retries of one request, when nobody says otherwise. */
const MOST_RETRIES = 2;
/** Milliseconds: the first pause is at most this long, and each further one twice as long. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8_000;
/** Seconds: a server that asks for more asks for "not now". */
const LONGEST_RETRY_AFTER = 60;

/** Methods that may be repeated (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

const PASSING = new Set([429, 502, 503, 504]);

/** The network's words for a connection that ended before there was an answer. */
const RESET = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ERR_STREAM_PREMATURE_CLOSE"]);

/**
 * How many requests of a client may be repeats: a tenth, and a few at the start. While a provider is down, more would
 * be load on top of its trouble.
 */
export class RetryBudget {
  static readonly #EARNED = 0.1;
  static readonly #MOST = 20;
  #left = RetryBudget.#MOST;

  /** A request that is no repeat was sent. */
  earn(): void {
    this.#left = Math.min(this.#left + RetryBudget.#EARNED, RetryBudget.#MOST);
  }

  /** Takes one repeat; false when there is none left. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** How one attempt ended. */
export interface Ending {
  /** Undefined when there was no answer. */
  readonly status?: number | undefined;
  /** The Retry-After header. */
  readonly retryAfter?: string | null | undefined;
  /** The network's word for it, when there was no answer. */
  readonly networkCode?: string | undefined;
}

/** The attempts of one request of a caller's. */
export class Attempts {
  readonly #session: RequestingSession;
  readonly #most: number;
  readonly #deadline: number;
  /** Which attempt is under way, from 1. */
  number = 1;

  /**
   * @param session - The session that sends.
   * @param request - Its method, whether its body can be sent again, how often its caller allows, and the milliseconds
   * that all attempts may take together.
   */
  constructor(
    session: RequestingSession,
    request: {
      readonly method: string;
      readonly replayable: boolean;
      readonly retries: number | false | undefined;
      readonly milliseconds: number;
    },
  ) {
    const { client, retryBudget } = session.context;
    const { retries = session.retries ?? client.retries ?? MOST_RETRIES } = request;
    const repeatable = request.replayable && IDEMPOTENT.has(request.method.toUpperCase());
    this.#session = session;
    this.#most = repeatable && retries !== false ? retries : 0;
    this.#deadline = client.clock.now() + request.milliseconds;
    retryBudget.earn();
  }

  /**
   * Whether there is to be another attempt.
   *
   * @param ending - How the last one ended.
   * @returns Milliseconds to wait before it; undefined when the last outcome is the request's.
   */
  next(ending: Ending): number | undefined {
    const pause = this.#pauseAfter(ending);
    if (pause === undefined || !this.#session.context.retryBudget.spend()) return undefined;
    this.number += 1;
    return pause;
  }

  /** Milliseconds until the next attempt; undefined when there is none. */
  #pauseAfter({ status, retryAfter, networkCode }: Ending): number | undefined {
    if (this.number > this.#most) return undefined;
    const passing = status === undefined ? RESET.has(networkCode ?? "") : PASSING.has(status);
    if (!passing) return undefined;
    const { clock, random } = this.#session.context.client;
    const now = clock.now();
    const asked = parseRetryAfter(retryAfter ?? undefined, now);
    if (asked !== undefined && asked > LONGEST_RETRY_AFTER) return undefined;
    // Full jitter: callers that failed together do not come back together.
    const backoff = random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.number - 1));
    const pause = asked === undefined ? backoff : asked * 1000 + random() * FIRST_PAUSE;
    return now + pause < this.#deadline ? pause : undefined;
  }

  /** Waits; an abort ends the wait with its own reason. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      const cancel = this.#session.context.client.clock.after(milliseconds, () => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  }
}

/** What is wrong with the option `retries`. */
export function retriesProblems(value: unknown): string[] {
  const sound =
    value === undefined ||
    value === false ||
    (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 10);
  return sound ? [] : ["retries must be a whole number from 0 to 10, or false"];
}
