// Takes some seconds: processes start, and locks end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { join } from "node:path";
import { encrypted } from "@grantkit/core";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { SqliteTokenStore } from "@grantkit/store-sqlite";
import { describeDrivers, type Opened } from "./support/drivers.ts";
import { Processes } from "./support/processes.ts";

describeDrivers("SqliteTokenStore keeps every promise of a TokenStore", (driver) => {
  const processes = new Processes(driver);
  const file = join(processes.folder, "tokens.db");
  const databases = [driver.open(file), driver.open(file), driver.open(":memory:")] as const;
  const [database, other, inMemory] = databases;
  afterAll(() => {
    for (const each of databases) each.close();
    processes.close();
  });

  describe("in a file:", () => {
    const cases = tokenStoreConformance({
      makeStore: () => new SqliteTokenStore({ database }),
      peerOf: () => new SqliteTokenStore({ database: other }),
      processModule: processes.module(file),
    });
    for (const each of cases) it(each.name, () => each.run());
  });

  describe("encrypted:", () => {
    const keys = [{ id: "2026-11", key: new Uint8Array(32).fill(7) }];
    const open = (connection: Opened) =>
      encrypted(new SqliteTokenStore({ database: connection, table: "secret" }), { keys });
    const cases = tokenStoreConformance({
      makeStore: () => open(database),
      peerOf: () => open(other),
    });
    for (const each of cases) it(each.name, () => each.run());
  });

  describe("in memory:", () => {
    const makeStore = () => new SqliteTokenStore({ database: inMemory });
    const cases = tokenStoreConformance({ makeStore, peerOf: makeStore });
    for (const each of cases) it(each.name, () => each.run());
  });
});
