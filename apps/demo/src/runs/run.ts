import type { Exchange } from "../exchanges/exchange-log.ts";
import type { DeviceSignIn } from "../flows/device-sign-in.ts";
import type { AnyFlow, HeldJwt, Outcome } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import { canFormLeadTo } from "../security.ts";
import type { Fault, FaultyRun } from "../targets/fault.ts";
import type { AnyTarget } from "../targets/target.ts";
import { type RunError, runErrorOf } from "./run-error.ts";

const MAX_EXCHANGES = 200;

/** One use of a flow: what was asked, every exchange, and what came of it. */
export class Run implements FaultyRun {
  readonly id: number;
  readonly target: AnyTarget;
  readonly flow: AnyFlow;
  readonly values: FormValues;
  /** What the form shows next time: the same, until the person removes the fault. */
  form: FormValues;
  /** What the person chose to go wrong. */
  readonly fault: Fault | undefined;
  /** Oldest first. */
  readonly exchanges: Exchange[] = [];
  outcome: Outcome | undefined;
  error: RunError | undefined;
  heldJwt: HeldJwt | undefined;
  cameBack = false;
  /** The wait for a user at another device. */
  device: DeviceSignIn | undefined;

  constructor(id: number, target: AnyTarget, flow: AnyFlow, values: FormValues) {
    this.id = id;
    this.target = target;
    this.flow = flow;
    this.values = values;
    this.form = values;
    const chosen = values.text("fault");
    this.fault = target.faults.find((each) => each.id === chosen);
  }

  /** Whether it waits for the browser to come back. */
  get isWaiting(): boolean {
    return this.outcome === undefined && this.error === undefined;
  }

  /** Whether the page leads to the provider: the form cannot lead there, or not in this browser. */
  get isLedByPage(): boolean {
    const departure = this.exchanges.at(-1);
    return (
      this.fault?.elsewhere === true || (departure !== undefined && !canFormLeadTo(departure.url))
    );
  }

  /** Makes the client, as the flow and the fault want it. */
  createClient(): unknown {
    const { target, flow, values, fault } = this;
    const own = flow.clientOptions?.(target, values);
    return target.createClient(values, (options) => ({
      ...own,
      ...fault?.options?.(options, this),
    }));
  }

  /** The recording adapter and the routes add exchanges as they happen. */
  add(exchange: Exchange): void {
    if (this.exchanges.length < MAX_EXCHANGES) this.exchanges.push(exchange);
  }

  succeed(outcome: Outcome): void {
    this.outcome = outcome;
  }

  /** Takes what a flow threw; a failure of the playground itself is thrown again. */
  fail(error: unknown): void {
    this.error = runErrorOf(error) ?? {
      name: "The playground",
      code: "INTERNAL",
      message: "The playground itself failed; its log says why.",
    };
    if (this.error.code === "INTERNAL") throw error;
    const sent = this.exchanges.at(-1);
    const baseString = sent && this.target.baseStringOf?.(sent);
    if (baseString !== undefined) this.error = { ...this.error, baseString };
  }
}
