import { ConfigurationError } from "../errors/configuration-error.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { retriesProblems } from "./retry-budget.ts";
import type { RequestSender } from "./request-context.ts";

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

/** The network's words for a connection that ended. */
const RESET = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
/** Causes of causes that are looked at. */
const DEEPEST_CAUSE = 5;

/** Whether an answer's status says that the trouble may pass. */
export function mayPass(status: number): boolean {
  return PASSING.has(status);
}

/** How one attempt ended that may be followed by another. */
export interface Ending {
  /** Undefined when the connection was reset before there was an answer. */
  readonly status?: number | undefined;
  /** The Retry-After header. */
  readonly retryAfter?: string | null | undefined;
}

/** Carries a connection reset to the retry loop. */
export class ConnectionReset {
  /** What the caller is to see when the request is not sent again. */
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Whether a foreign error says that the connection ended before there was an answer. */
export function isReset(error: unknown): boolean {
  let each = error;
  for (let depth = 0; depth < DEEPEST_CAUSE; depth += 1) {
    if (typeof each !== "object" || each === null) return false;
    const { code, message, response, cause } = each as Record<string, unknown>;
    // "terminated" is the word of the platform's fetch for a body that broke off.
    if ((response ?? undefined) !== undefined || message === "terminated") return false;
    if ((typeof code === "string" && RESET.has(code)) || message === "socket hang up") return true;
    each = cause;
  }
  return false;
}

/** Whether a body can be sent again: a stream cannot. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return true;
  const { pipe } = body as { pipe?: unknown };
  return !(
    body instanceof ReadableStream ||
    typeof pipe === "function" ||
    Symbol.asyncIterator in body
  );
}

/** The attempts of one request of a caller's. */
export class Attempts {
  readonly #session: RequestSender;
  readonly #deadline: number;
  #most: number;
  /** Which attempt is under way, from 1. */
  number = 1;

  /**
   * @param session - The session that sends.
   * @param request - Its method, whether its body can be sent again, how often its caller allows, and the milliseconds
   * that all attempts may take together.
   * @throws ConfigurationError when `retries` is no number of retries.
   */
  constructor(
    session: RequestSender,
    request: {
      readonly method: string;
      readonly replayable: boolean;
      readonly retries: number | false | undefined;
      readonly milliseconds: number;
    },
  ) {
    const { client, retryBudget } = session.context;
    const { retries = session.retries ?? client.retries ?? MOST_RETRIES } = request;
    const problems = retriesProblems(request.retries);
    if (problems.length > 0)
      throw new ConfigurationError("The request", problems, client.provider.name);
    const repeatable = request.replayable && IDEMPOTENT.has(request.method.toUpperCase());
    this.#session = session;
    this.#most = repeatable && retries !== false ? retries : 0;
    this.#deadline = client.clock.now() + request.milliseconds;
    retryBudget.earn();
  }

  /** Takes note of the method that is sent: a hook may have put one that must not be repeated in the caller's place. */
  sending(method: string): void {
    if (!IDEMPOTENT.has(method.toUpperCase())) this.#most = 0;
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
  #pauseAfter({ status, retryAfter }: Ending): number | undefined {
    if (this.number > this.#most) return undefined;
    if (status !== undefined && !mayPass(status)) return undefined;
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
      const over = (): void => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      const cancel = this.#session.context.client.clock.after(milliseconds, over, true);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  }
}
