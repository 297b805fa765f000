// Takes more than half a minute: tokens and the locks of killed processes end in real time.
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { faultCases, type NamedFault } from "@grantkit/store-faults";
import { type Flaw, makeStore } from "./support/served-store.ts";
import { startStoreServer, type StoreServer } from "./support/store-server.ts";

let server: StoreServer;
beforeAll(async () => {
  server = await startStoreServer();
});
afterAll(() => server.close());

function casesFor(flaw?: Flaw, names?: RegExp): readonly NamedFault[] {
  const parameter = (): string => JSON.stringify({ url: server.url, flaw });
  return faultCases(
    {
      storeModule: join(import.meta.dirname, "support/served-store.ts"),
      storeParameter: parameter,
      openStore: () => makeStore(parameter()),
      damage(key, how) {
        const text = server.records.get(key) ?? "";
        server.records.set(key, how === "truncated" ? text.slice(0, -9) : `?${text.slice(1)}`);
      },
      raw: (key) => server.records.get(key),
    },
    names,
  );
}

describe("a store that works:", () => {
  for (const { name, run } of casesFor()) it(name, run);
});

describe("the cases find a store that", () => {
  const flaws: readonly [Flaw, RegExp, RegExp][] = [
    [
      "does not lock",
      /8 processes/,
      /refreshes at \w+ is .* and not .*"repeated":[1-9]|refresh_token|invalid_grant/,
    ],
    ["does not lock", /clock/, /two processes were in the lock/],
    ["locks by the clock of the process", /clock/, /two processes were in the lock/],
    ["never ends a lock", /kill -9 .* follows/, /another process follows a killed one in time/],
    ["never ends a lock", /signs nobody out/, /another process follows a killed one in time/],
    ["does not know that a lock is lost", /paused/, /number of refreshes|INVALID_GRANT/],
    ["compares no version", /paused/, /what a process answers that was paused before the save/],
    ["compares no version", /sign-out/, /record after the refresh|how a refresh ends/],
    ["takes a damaged record for a missing one", /corrupt/, /the error for a corrupt record/],
  ];
  // All at once, because most of their time is spent waiting.
  let found: Promise<unknown>[];
  beforeAll(() => {
    found = flaws.map(([flaw, names]) => {
      const [only] = casesFor(flaw, names);
      return only?.run().catch((error: unknown) => error) ?? Promise.resolve();
    });
  });
  it.each(
    flaws.map(([flaw, names, message], index) => [flaw, names.source, message, index] as const),
  )("%s (%s)", async (_flaw, _names, message, index) => {
    expect(String(await found[index])).toMatch(message);
  });
});
