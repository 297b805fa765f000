import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RotatingProvider } from "./rotating-provider.ts";
import type { Answer, Order } from "./shared-race-process.ts";
import type { SharedWay } from "./shared-way.ts";

/** Callers of an app that all need a new token at once. */
export interface SharedRace {
  readonly provider: RotatingProvider;
  readonly servers: Readonly<Record<string, string>>;
  readonly callersEach: number;
  /** Milliseconds from now until the token ends, as the app believes. */
  readonly believedLifetime: number;
  /** Milliseconds over which the callers come. */
  readonly spread: number;
}

/** How a race ended. */
export interface SharedOutcome {
  readonly hits: number;
  readonly served: number;
  readonly isRevoked: boolean;
  readonly milliseconds: number;
  /** What callers that were not served got. */
  readonly errors: readonly string[];
}

/** The processes of an app; one race after another runs in them. */
export class RacingProcesses {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static start(count: number): RacingProcesses {
    const program = fileURLToPath(new URL("./shared-race-process.js", import.meta.url));
    // Some of the peers write warnings to stderr.
    const stdio = ["ignore", "ignore", "ignore", "ipc"] as const;
    return new RacingProcesses(
      Array.from({ length: count }, () => fork(program, { execArgv: [], stdio: [...stdio] })),
    );
  }

  async race(name: string, way: SharedWay, race: SharedRace): Promise<SharedOutcome> {
    const { provider, servers, callersEach: callers, believedLifetime, spread } = race;
    const folder = await mkdtemp(join(tmpdir(), "grantkit-race-"));
    try {
      const stored = provider.signIn();
      const expiresAt = Date.now() + believedLifetime;
      const signIn = { origin: provider.origin, stored, expiresAt, folder, servers };
      const found = await way.signIn(signIn);
      await this.#tell({ begin: { way: name, signIn, found, callers, spread } });
      const start = performance.now();
      const answers = await this.#tell({ setOut: true });
      const milliseconds = performance.now() - start;
      const { hits, isRevoked } = provider;
      const ends = answers.map((answer) =>
        "served" in answer ? answer : { served: 0, errors: [] },
      );
      const served = ends.reduce((sum, end) => sum + end.served, 0);
      return {
        hits,
        served,
        isRevoked,
        milliseconds,
        errors: ends.flatMap(({ errors }) => errors),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  close(): void {
    for (const child of this.#children) child.disconnect();
  }

  /** Tells all processes the same, and waits for the answer of each. */
  #tell(order: Order): Promise<Answer[]> {
    return Promise.all(
      this.#children.map(async (child) => {
        const ended = new AbortController();
        const answer = once(child, "message", ended) as Promise<[Answer]>;
        const exit = once(child, "exit", ended).then(([code]) => {
          throw new Error(`A process of a race ended with code ${String(code)}`);
        });
        child.send(order);
        try {
          const [message] = await Promise.race([answer, exit]);
          return message;
        } finally {
          ended.abort();
          exit.catch(() => undefined);
        }
      }),
    );
  }
}
