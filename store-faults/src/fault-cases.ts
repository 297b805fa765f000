import type { TokenStore } from "@grantkit/core";
import type { FaultCase, FaultParts, Figures } from "./cases/fault-parts.ts";
import { damagedRecords } from "./cases/damaged-records.ts";
import { jumpingClock } from "./cases/jumping-clock.ts";
import { killedProcesses, killedWithGrace } from "./cases/killed-processes.ts";
import { pausedProcess } from "./cases/paused-process.ts";
import { signedOut } from "./cases/signed-out.ts";
import { sharedToken } from "./cases/shared-token.ts";
import { Processes, type ProcessStore } from "./processes/processes.ts";
import type { RotatingProvider } from "./providers/rotating-provider.ts";

/** A store to try, and how other processes open it. */
export interface FaultHarness extends ProcessStore, Pick<FaultParts, "damage" | "raw"> {
  /** Opens the store in this process. */
  openStore(): TokenStore | Promise<TokenStore>;
}

/** A fault, as a test that any runner can run. */
export interface NamedFault {
  /** What the store does when it happens. */
  readonly name: string;
  /** Rejects, with what was seen, when the store does not. Gives what was counted. */
  readonly run: () => Promise<Figures>;
}

const CASES: Readonly<Record<string, FaultCase>> = {
  "8 processes with one token refresh it once for each expiry, and 1,600 of 1,600 requests are answered":
    sharedToken,
  "kill -9 in any phase of a refresh: the next process follows within the lease, or gets a typed error at once":
    killedProcesses,
  "kill -9 in any phase of a refresh signs nobody out at a provider with a grace period":
    killedWithGrace,
  "a process that was paused past its lease writes nothing over the newer token, and answers with it":
    pausedProcess,
  "a sign-out while another process refreshes: the user stays signed out, and the new token is revoked":
    signedOut,
  "a corrupt and a truncated record give an error that names the key, and stay as they are":
    damagedRecords,
  "a clock that jumps by an hour neither lets two processes into the lock nor keeps all out":
    jumpingClock,
};

/**
 * The names of the faults in which encryption takes part. Locks are those of the store below: the file store runs all
 * cases with encrypted records too.
 */
export const FAULTS_OF_RECORDS = /1,600|corrupt/;

/**
 * The faults that a token store must survive, one case each, with real processes. All of them begin when the first is run,
 * because most of their time is spent waiting. Needs a time limit of a minute.
 *
 * @param names - Only the cases whose names match.
 */
export function faultCases(harness: FaultHarness, names = /./): readonly NamedFault[] {
  const chosen = Object.entries(CASES).filter(([name]) => names.test(name));
  const suite = new Suite(harness, chosen);
  return chosen.map(([name]) => ({ name, run: () => suite.outcome(name) }));
}

class Suite {
  readonly #harness: FaultHarness;
  readonly #cases: readonly (readonly [string, FaultCase])[];
  readonly #left: Set<string>;
  #running: Promise<Running> | undefined;

  constructor(harness: FaultHarness, cases: readonly (readonly [string, FaultCase])[]) {
    this.#harness = harness;
    this.#cases = cases;
    this.#left = new Set(cases.map(([name]) => name));
  }

  async outcome(name: string): Promise<Figures> {
    this.#running ??= this.#start();
    const { outcomes, ended } = await this.#running;
    const outcome = await outcomes.get(name);
    this.#left.delete(name);
    if (this.#left.size === 0) await ended;
    if (outcome?.status !== "fulfilled") throw outcome?.reason;
    if (process.env["FAULT_FIGURES"]) {
      process.stderr.write(`${name}\n${JSON.stringify(outcome.value, undefined, 2)}\n`);
    }
    return outcome.value;
  }

  async #start(): Promise<Running> {
    const store = await this.#harness.openStore();
    const processes = new Processes(this.#harness);
    const outcomes = this.#cases.map(
      ([name, fault]) => [name, this.#run(fault, store, processes)] as const,
    );
    const end = async (): Promise<void> => {
      await processes.close();
      await store.close();
    };
    const ended = Promise.all(outcomes.map(([, outcome]) => outcome)).then(end);
    return { outcomes: new Map(outcomes), ended };
  }

  async #run(
    fault: FaultCase,
    store: TokenStore,
    processes: Processes,
  ): Promise<PromiseSettledResult<Figures>> {
    const { damage, raw } = this.#harness;
    const id = globalThis.crypto.randomUUID();
    const providers: RotatingProvider[] = [];
    const running: FaultParts["running"] = async (starting) => {
      const provider = await starting;
      providers.push(provider);
      return provider;
    };
    const key = (text: string): string => `${text}-${id}`;
    const work = fault({ store, processes, damage, raw, key, running });
    const [outcome] = await Promise.allSettled([work]);
    await Promise.all(providers.map((each) => each.close()));
    return outcome;
  }
}

/** Cases that have begun. */
interface Running {
  readonly outcomes: ReadonlyMap<string, Promise<PromiseSettledResult<Figures>>>;
  /** Resolves when all are over, and the store and the processes are closed. */
  readonly ended: Promise<void>;
}
