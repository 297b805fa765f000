/**
 * Runs an operation many times, so many at once, and gives the microseconds for each: wall-clock time, since that is
 * what a user waits for.
 */
export async function microsecondsEach(
  count: number,
  concurrency: number,
  operation: () => Promise<void>,
): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await operation();
    }
  };
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return Number(process.hrtime.bigint() - start) / 1000 / count;
}
