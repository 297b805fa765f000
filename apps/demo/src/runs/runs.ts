import type { Departure, Flow } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { Target } from "../targets/target.ts";
import { Run } from "./run.ts";

const MAX_RUNS = 30;
const MAX_WAITING = 5;

/** A run whose user is at the provider. */
interface Waiting {
  readonly run: Run;
  readonly departure: Departure;
}

/** The runs of a visitor, in memory. */
export class Runs {
  #runs: readonly Run[] = [];
  /** By the callback's key, oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  /** Newest first. */
  get all(): readonly Run[] {
    return this.#runs;
  }

  /** The newest run of a flow, whose values its form shows. */
  newestOf(target: Target, flow: Flow): Run | undefined {
    return this.#runs.find((run) => run.target.id === target.id && run.flow.id === flow.id);
  }

  /** The newest run at a target, whose client its forms keep. */
  newestAt(target: Target): Run | undefined {
    return this.#runs.find((run) => run.target.id === target.id);
  }

  begin(target: Target, flow: Flow, values: FormValues): Run {
    // A fault lasts until its run ends; a run that was abandoned at the provider never does.
    for (const { run } of this.#waiting.values()) run.endFault();
    const run = new Run(++this.#lastId, target, flow, values);
    run.beginFault();
    const runs = [run, ...this.#runs];
    for (const { device } of runs.slice(MAX_RUNS)) device?.stop();
    this.#runs = runs.slice(0, MAX_RUNS);
    return run;
  }

  addWaiting(run: Run, departure: Departure): void {
    this.#waiting.set(departure.key, { run, departure });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Takes a run whose user came back; a second callback finds nothing. */
  takeWaiting(key: string): Waiting | undefined {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    return waiting;
  }

  /** Whether a callback with a fragment is expected from a target. */
  waitsForFragment(target: Target): boolean {
    return [...this.#waiting.values()].some(
      ({ run, departure }) => departure.inFragment === true && run.target.id === target.id,
    );
  }

  /** Forgets all runs, and stops those that wait for a device. */
  clear(): void {
    for (const { device } of this.#runs) device?.stop();
    this.#runs = [];
  }
}
