import type { Clock } from "../clock.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { ownFields } from "../options/own-fields.ts";
import { pause } from "./pause.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { type RetryBudget, retriesProblems } from "./retry-budget.ts";
import { isNodeStream } from "./streamed-body.ts";

/** The most retries of one request, unless an option says otherwise. */
const MOST_RETRIES = 2;
/** The longest first pause in milliseconds; the limit doubles with each retry. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8_000;
/** The longest Retry-After that is waited for, in seconds. */
const LONGEST_RETRY_AFTER = 60;

/** Idempotent methods, which may be retried (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

const PASSING = new Set([429, 502, 503, 504]);

/** Whether a status means a transient failure. */
export function mayPass(status: number): boolean {
  return PASSING.has(status);
}

/** The outcome of an attempt that may be retried. */
export interface Ending {
  /** The response's status; undefined when the connection was reset before a response. */
  readonly status?: number | undefined;
  /** The Retry-After header. */
  readonly retryAfter?: string | null | undefined;
}

/** Carries a connection reset to the retry loop. */
export class ConnectionReset {
  /** The error that is thrown when the request is not retried. */
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Whether a body can be sent again: a stream cannot. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return true;
  return !(body instanceof ReadableStream || isNodeStream(body) || Symbol.asyncIterator in body);
}

/** What decides about the retries of one client's requests. */
export interface RetryContext {
  /** The client's parts and options. */
  readonly client: {
    /** The provider, for errors. */
    readonly provider: { readonly name: string };
    /** The clock. */
    readonly clock: Clock;
    /** Random numbers from 0 to less than 1, for jitter. */
    readonly random: () => number;
    /** The client's `retries` option. */
    readonly retries: number | false | undefined;
  };
  /** Limits the retries of all requests together. */
  readonly retryBudget: RetryBudget;
}

/** Who sends requests that may be retried. */
export interface RetryingSender {
  /** What it shares with the others of its client. */
  readonly context: RetryContext;
  /** Its own `retries` option; undefined for the client's. */
  readonly retries: number | false | undefined;
}

/** Counts the attempts of one request, and decides whether it is retried. */
export class Attempts {
  readonly #session: RetryingSender;
  readonly #milliseconds: number;
  #deadline: number;
  #most: number;
  /** The number of the current attempt, from 1. */
  number = 1;

  /**
   * @param session - The session, or the client, that sends.
   * @param request - Its method, whether its body can be sent again, its own `retries` option, and the milliseconds that all
   * attempts may take together.
   * @throws ConfigurationError for an invalid `retries` option.
   */
  constructor(
    session: RetryingSender,
    request: {
      readonly method: string;
      readonly replayable: boolean;
      readonly retries: number | false | undefined;
      readonly milliseconds: number;
    },
  ) {
    const { client, retryBudget } = session.context;
    const { retries = session.retries ?? client.retries ?? MOST_RETRIES } = request;
    throwProblems("The request", retriesProblems(request.retries), client.provider.name);
    const repeatable = request.replayable && IDEMPOTENT.has(request.method.toUpperCase());
    this.#session = session;
    this.#most = repeatable && retries !== false ? retries : 0;
    this.#milliseconds = request.milliseconds;
    this.#deadline = client.clock.now() + request.milliseconds;
    retryBudget.earn();
  }

  /** Notes the method that is sent: a hook may have changed it to one that must not be retried. */
  sending(method: string): void {
    if (!IDEMPOTENT.has(method.toUpperCase())) this.#most = 0;
  }

  /** Begins another attempt, with the whole time, which is none of the retries: the request waited for a rate limit. */
  restart(): void {
    this.number += 1;
    this.#most += 1;
    this.#deadline = this.#session.context.client.clock.now() + this.#milliseconds;
  }

  /**
   * Decides whether the request is retried.
   *
   * @param ending - The outcome of the last attempt.
   * @returns Milliseconds to wait before the retry; undefined when there is none.
   */
  next(ending: Ending): number | undefined {
    const milliseconds = this.#pauseAfter(ownFields(ending));
    if (milliseconds === undefined || !this.#session.context.retryBudget.spend()) return undefined;
    this.number += 1;
    return milliseconds;
  }

  /** Milliseconds until the retry; undefined when there is none. */
  #pauseAfter({ status, retryAfter }: Ending): number | undefined {
    if (this.number > this.#most) return undefined;
    if (status !== undefined && !mayPass(status)) return undefined;
    const { clock, random } = this.#session.context.client;
    const now = clock.now();
    const asked = parseRetryAfter(retryAfter ?? undefined, now);
    if (asked !== undefined && asked > LONGEST_RETRY_AFTER) return undefined;
    // Full jitter: requests that failed at the same time are not retried at the same time.
    const backoff = random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.number - 1));
    const milliseconds = asked === undefined ? backoff : asked * 1000 + random() * FIRST_PAUSE;
    return now + milliseconds < this.#deadline ? milliseconds : undefined;
  }

  /** Waits for a pause; an abort ends it with the abort's reason. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return pause(this.#session.context.client.clock, milliseconds, signal);
  }
}
