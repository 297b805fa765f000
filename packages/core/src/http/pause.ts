import type { Clock } from "../clock.ts";
import { unlessAborted } from "./unless-aborted.ts";

/**
 * Waits, and keeps the process alive meanwhile.
 *
 * @throws The signal's reason when the caller aborts.
 */
export async function pause(
  clock: Clock,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let cancel: (() => void) | undefined;
  const over = new Promise<void>((resolve) => {
    // A command-line program often has nothing else that keeps it alive while it waits.
    cancel = clock.after(milliseconds, resolve, true);
  });
  await unlessAborted(over, signal).finally(() => cancel?.());
}
