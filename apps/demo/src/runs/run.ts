import { isApiError, isOAuthError } from "@grantkit/core";
import { ErrorPage } from "../error-page.ts";
import type { Exchange } from "../exchanges/exchange-log.ts";
import type { DeviceSignIn } from "../flows/device-sign-in.ts";
import type { Flow, Outcome } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { Target } from "../targets/target.ts";

/** The error that an app gets, as the SDK threw it. */
export interface RunError {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean | undefined;
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
  /** The wait for a user at another device. */
  device: DeviceSignIn | undefined;
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
    if (error instanceof ErrorPage) {
      const { code, text } = error.content;
      this.error = { code, message: text };
      return;
    }
    if (isApiError(error)) {
      this.error = { code: "API error", message: error.message, data: error.data };
      return;
    }
    if (!isOAuthError(error)) throw error;
    const { code, message, retryable } = error;
    this.error = { code, message, retryable };
  }

  endFault(): void {
    this.#endFault?.();
    this.#endFault = undefined;
  }
}
