import { afterEach } from "@jest/globals";

/** Returns a function that closes what it is given when the test is over. */
export function closedAfterEach(): <T extends { close(): Promise<void> }>(
  starting: Promise<T>,
) => Promise<T> {
  const running: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((emulator) => emulator.close()));
  });
  return async (starting) => {
    const emulator = await starting;
    running.push(emulator);
    return emulator;
  };
}
