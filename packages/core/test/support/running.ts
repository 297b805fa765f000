import { afterAll } from "@jest/globals";

/** Returns a function whose servers are closed after all tests of the file. */
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
