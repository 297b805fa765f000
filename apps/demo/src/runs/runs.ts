import { runHas } from "../exchanges/run-search.ts";
import type { Departure, AnyFlow } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { AnyTarget } from "../targets/target.ts";
import { Run } from "./run.ts";

const MAX_RUNS = 30;
const MAX_WAITING = 5;
const MAX_USED = 20;

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
  /** Keys of callbacks that came, to tell a replayed callback from one of another browser. */
  readonly #used = new Set<string>();
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
  newestOf(target: AnyTarget, flow: AnyFlow): Run | undefined {
    return this.#runs.find((run) => run.target.id === target.id && run.flow.id === flow.id);
  }

  /** The newest run at a target, whose client its forms keep. */
  newestAt(target: AnyTarget): Run | undefined {
    return this.#runs.find((run) => run.target.id === target.id);
  }

  /** Makes a run, which nobody sees until it is added. */
  begin(target: AnyTarget, flow: AnyFlow, values: FormValues): Run {
    return new Run(++this.#lastId, target, flow, values);
  }

  /** Adds a run to the list. */
  add(run: Run): void {
    this.#keep([run, ...this.#runs].slice(0, MAX_RUNS));
  }

  /** Keeps a run whose user is at the provider; the last five are kept, for as many tabs. */
  addWaiting(run: Run, departure: Departure): void {
    this.#waiting.set(departure.key, { run, departure });
    dropOldest(this.#waiting, MAX_WAITING);
  }

  /** The run that waits for a callback with this key. */
  waitingFor(key: string): Run | undefined {
    return this.#waiting.get(key)?.run;
  }

  /** Takes a run whose user came back; a second callback finds nothing. */
  takeWaiting(key: string): Waiting | undefined {
    const waiting = this.#waiting.get(key);
    if (!this.#waiting.delete(key)) return undefined;
    this.#used.add(key);
    dropOldest(this.#used, MAX_USED);
    return waiting;
  }

  /** Whether a callback with a fragment is expected from a target. */
  waitsForFragment(target: AnyTarget): boolean {
    return [...this.#waiting.values()].some(
      ({ run, departure }) => departure.inFragment === true && run.target.id === target.id,
    );
  }

  /** Whether a callback with this key came before. */
  wasUsed(key: string): boolean {
    return this.#used.has(key);
  }

  /** Forgets the runs of a target, or all, also those that have not come back. */
  clear(target?: AnyTarget): void {
    this.search = "";
    this.#keep(this.#runs.filter((run) => target && run.target.id !== target.id));
    for (const [key, { run }] of this.#waiting) {
      if (!this.#runs.includes(run)) this.#waiting.delete(key);
    }
  }

  /** Keeps these runs, and stops others that wait for a device. */
  #keep(runs: readonly Run[]): void {
    for (const run of this.#runs) if (!runs.includes(run)) run.device?.stop();
    this.#runs = runs;
  }
}

function dropOldest(entries: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = entries.keys();
  if (entries.size > most && oldest !== undefined) entries.delete(oldest);
}
