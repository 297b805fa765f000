import type { TokenStore } from "../tokens/token-store.ts";
import type { StoreProcess } from "./store-process.ts";

/** Promises of a store, each by its name, before there is a store to try them on. */
export type StoreCases = Readonly<Record<string, StoreCase>>;

/** Tries whether a store keeps a promise. */
export type StoreCase = (parts: CaseParts) => Promise<void>;

/** What a case works with. */
interface CaseParts {
  readonly store: TokenStore;
  /** The same records by another way. */
  readonly peer: TokenStore;
  /** A key that no other case has. */
  readonly key: string;
  readonly lapse: (milliseconds: number) => Promise<void>;
  /** Opens the store in another process; undefined when the harness cannot. */
  readonly openProcess: (() => Promise<StoreProcess>) | undefined;
}

/** Fails a case, in words for the author of the store. */
export function expectThat(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new Error(`The store broke a promise: ${promise}.`);
}

/** Lets other work of this process go on, whatever it waits for. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Waits until something has come true, or ought to have. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !condition(); turn += 1) await turns(1);
}

/**
 * Waits for some work, and fails the case when it takes too long.
 *
 * @param milliseconds - Real time, which a clock for tests does not change.
 * @param promise - What the store must do, for the error message.
 */
export async function inTime<T>(
  work: Promise<T>,
  milliseconds: number,
  promise: string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`The store broke a promise: ${promise} (${milliseconds} ms).`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
