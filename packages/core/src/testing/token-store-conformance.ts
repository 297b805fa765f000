import type { TokenStore } from "../tokens/token-store.ts";
import { inTime, type StoreCase } from "./store-case.ts";
import { keyCases } from "./token-store-key-cases.ts";
import { lockCases } from "./token-store-lock-cases.ts";
import { processCases } from "./token-store-process-cases.ts";
import { recordCases } from "./token-store-record-cases.ts";

/** What the conformance suite needs to know of a store. */
export interface TokenStoreHarness {
  /**
   * Opens the store, ready to work. Called once for each case, which closes what it was given; every case has keys of
   * its own, so that one database may serve all of them.
   */
  makeStore(): TokenStore | Promise<TokenStore>;
  /**
   * A second way to the same records, as another process has it: another connection, another instance.
   *
   * @defaultValue the store itself
   */
  peerOf?(store: TokenStore): TokenStore | Promise<TokenStore>;
  /**
   * Lets milliseconds pass for the store's locks: `clock.advance` for a store with a fake clock.
   *
   * @defaultValue waits
   */
  lapse?(milliseconds: number): void | Promise<void>;
  /**
   * A module that opens the same store in another process, with its export `makeStore()`: a `file:` URL or a path, as
   * `import()` takes it. With it there are cases that start several processes and kill one. Those processes get the Node.js
   * options of this one, so a loader for TypeScript works there too. They need the machine's clock.
   */
  readonly processModule?: string | URL;
  /**
   * The longest time that a case may take, in milliseconds of the machine's clock. A case that takes longer fails.
   *
   * @defaultValue `60_000`
   */
  readonly timeLimit?: number;
}

/** One promise of a `TokenStore`, as a test that any runner can run. */
export interface ConformanceCase {
  /** What is promised. */
  readonly name: string;
  /** Rejects, with what was seen, when the store does not keep the promise. */
  run(): Promise<void>;
}

/**
 * The promises of a `TokenStore`, one case each, for the tests of a store of yours. Nothing of a test runner is
 * needed: register each case as a test.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { MemoryTokenStore } from "@grantkit/core";
 * import { FakeClock, tokenStoreConformance } from "@grantkit/core/testing";
 *
 * const clock = new FakeClock();
 * const cases = tokenStoreConformance({
 *   makeStore: () => new MemoryTokenStore({ clock }),
 *   lapse: (milliseconds) => clock.advance(milliseconds),
 * });
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
export function tokenStoreConformance(harness: TokenStoreHarness): readonly ConformanceCase[] {
  const several = harness.processModule === undefined ? {} : processCases;
  return Object.entries({ ...recordCases, ...keyCases, ...lockCases, ...several }).map(
    ([name, storeCase]) => ({
      name,
      run: () => runCase(storeCase, harness),
    }),
  );
}

async function runCase(storeCase: StoreCase, harness: TokenStoreHarness): Promise<void> {
  const { timeLimit = 60_000, processModule } = harness;
  const store = await harness.makeStore();
  const peer = (await harness.peerOf?.(store)) ?? store;
  try {
    const work = storeCase({
      store,
      peer,
      key: `conformance-${globalThis.crypto.randomUUID()}`,
      async lapse(milliseconds) {
        if (harness.lapse) await harness.lapse(milliseconds);
        else await new Promise((resolve) => setTimeout(resolve, milliseconds));
      },
      openProcess:
        processModule === undefined
          ? undefined
          : async () => {
              const { openStoreProcess } = await import("./store-process.ts");
              return openStoreProcess(String(processModule));
            },
    });
    await inTime(work, timeLimit, "every call ends");
  } finally {
    const closing = (async () => {
      await peer.close();
      await store.close();
    })();
    await inTime(closing, timeLimit, "close() ends");
  }
}
