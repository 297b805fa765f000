import { isApiError, isOAuthError, type OAuthError } from "@grantkit/core";
import type { Exchange } from "../exchanges/exchange-log.ts";
import type { Flow, Outcome } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { Target } from "../targets/target.ts";

/** The error that an app gets, as the SDK threw it. */
export interface RunError {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean | undefined;
  /** Further fields of the error, for example the claim that is wrong. */
  readonly details?: OAuthError["details"];
  /** The API's answer. */
  readonly data?: unknown;
}

const MAX_EXCHANGES = 200;

/** One use of a flow: what was asked, every exchange, and what came of it. */
export class Run {
  readonly id: number;
  readonly target: Target;
  readonly flow: Flow;
  readonly values: FormValues;
  /** Oldest first. */
  readonly exchanges: Exchange[] = [];
  outcome: Outcome | undefined;
  error: RunError | undefined;
  #endFault: (() => void) | undefined;

  constructor(id: number, target: Target, flow: Flow, values: FormValues) {
    this.id = id;
    this.target = target;
    this.flow = flow;
    this.values = values;
  }

  /** Whether it waits for the browser to come back. */
  get isWaiting(): boolean {
    return this.outcome === undefined && this.error === undefined;
  }

  /** The recording adapter and the routes add exchanges as they happen. */
  add(exchange: Exchange): void {
    if (this.exchanges.length < MAX_EXCHANGES) this.exchanges.push(exchange);
  }

  /** Turns on what the person chose to go wrong. */
  beginFault(): void {
    const { faults } = this.target;
    const fault = faults.find(({ id }) => id === this.values.text("fault"));
    this.#endFault = fault?.begin() ?? undefined;
  }

  succeed(outcome: Outcome): void {
    this.outcome = outcome;
    this.endFault();
  }

  /** Takes what the SDK threw; anything else is thrown again. */
  fail(error: unknown): void {
    this.endFault();
    if (isApiError(error)) {
      this.error = { code: "API error", message: error.message, data: error.data };
      return;
    }
    if (!isOAuthError(error)) throw error;
    const { code, message, retryable, details } = error;
    this.error = { code, message, retryable, details };
  }

  endFault(): void {
    this.#endFault?.();
    this.#endFault = undefined;
  }
}
