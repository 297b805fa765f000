import type { TokenStore } from "../tokens/token-store.ts";
import type { StoreCase } from "./store-case.ts";
import { lockCases } from "./token-store-lock-cases.ts";
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
  return Object.entries({ ...recordCases, ...lockCases }).map(([name, storeCase]) => ({
    name,
    run: () => runCase(storeCase, harness),
  }));
}

async function runCase(storeCase: StoreCase, harness: TokenStoreHarness): Promise<void> {
  const store = await harness.makeStore();
  const peer = (await harness.peerOf?.(store)) ?? store;
  try {
    await storeCase({
      store,
      peer,
      key: `conformance-${globalThis.crypto.randomUUID()}`,
      async lapse(milliseconds) {
        if (harness.lapse) await harness.lapse(milliseconds);
        else await new Promise((resolve) => setTimeout(resolve, milliseconds));
      },
    });
  } finally {
    await peer.close();
    await store.close();
  }
}
