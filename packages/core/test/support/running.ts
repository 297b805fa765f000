import { afterAll } from "@jest/globals";

/** Returns a function that closes what it is given when all tests of the file are over. */
export function closedAfterAll(): <T extends { close(): Promise<void> }>(
  starting: Promise<T>,
) => Promise<T> {
  const running: { close(): Promise<void> }[] = [];
  afterAll(() => Promise.all(running.map((server) => server.close())));
  return async (starting) => {
    const server = await starting;
    running.push(server);
    return server;
  };
}
