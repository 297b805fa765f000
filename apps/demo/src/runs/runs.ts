import { runHas } from "../exchanges/run-search.ts";
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
  /** What the list is searched for. */
  search = "";

  /** Newest first. */
  get all(): readonly Run[] {
    return this.#runs;
  }

  /** Those that have what is searched for, newest first. */
  get found(): readonly Run[] {
    return this.#runs.filter((run) => runHas(run, this.search));
  }

  /** The newest run of a flow, whose values its form shows. */
  newestOf(target: Target, flow: Flow): Run | undefined {
    return this.#runs.find((run) => run.target.id === target.id && run.flow.id === flow.id);
  }

  begin(target: Target, flow: Flow, values: FormValues): Run {
    // A fault lasts until its run ends; a run that was abandoned at the provider never does.
    for (const { run } of this.#waiting.values()) run.endFault();
    const run = new Run(++this.#lastId, target, flow, values);
    run.beginFault();
    this.#runs = [run, ...this.#runs].slice(0, MAX_RUNS);
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

  clear(): void {
    this.#runs = [];
    this.search = "";
  }
}
