import type { TokenRecord, TokenStore } from "@grantkit/core";
import type { Processes } from "../processes/processes.ts";
import type { RotatingProvider } from "../providers/rotating-provider.ts";

/** What a case counted, for reports. */
export type Figures = Readonly<Record<string, string | number>>;

/** What a case works with. */
export interface FaultParts {
  /** The store, opened in this process. */
  readonly store: TokenStore;
  readonly processes: Processes;
  /** Makes a key that no other case has. */
  readonly key: (name: string) => string;
  /** Starts a provider, which is closed when the case is over. */
  readonly running: (provider: Promise<RotatingProvider>) => Promise<RotatingProvider>;
  /** Damages the record of a key in the store, behind the back of the package. */
  readonly damage?: ((key: string, how: "corrupt" | "truncated") => unknown) | undefined;
  /** Reads what the store holds under a key as it is, to compare it. */
  readonly raw?: ((key: string) => unknown) | undefined;
}

/** A fault that a store must survive. */
export type FaultCase = (parts: FaultParts) => Promise<Figures>;

/** Stores a token under a new key. */
export async function put(store: TokenStore, key: string, token: TokenRecord): Promise<void> {
  const version = await store.compareAndSet(key, undefined, token);
  expectThat(version !== undefined, `a first write of ${key} succeeds`);
}

/** Fails a case, with what was expected. */
export function expectThat(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new Error(`The store broke a promise: ${promise}.`);
}

/** Compares by JSON: objects of other processes are of another realm than Jest's. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [actual, expected].map((value) => JSON.stringify(value) ?? "undefined");
  expectThat(one === other, `${what} is ${other}, and not ${one}`);
}

/** Waits until all of some work is over, and then fails as `Promise.all` does: nothing goes on after a case. */
export async function allOver<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** Fails a case when some work is not done within the time of a lock, and a margin. */
export async function inTime<T>(work: Promise<T>, promise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`The store broke a promise: ${promise} (${LEASE + MARGIN} ms).`);
    timer = setTimeout(() => reject(error), LEASE + MARGIN);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Milliseconds for which a lock of core lasts when its holder was killed. */
const LEASE = 5000;

/** What a busy machine may take in addition, in milliseconds. */
export const MARGIN = 20_000;
