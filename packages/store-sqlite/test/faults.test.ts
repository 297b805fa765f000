// Takes a minute: tokens and locks of killed processes end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultCases, FAULTS_OF_RECORDS } from "@grantkit/store-faults";
import { encodeKey } from "../src/stored-key.ts";
import { describeDrivers } from "./support/drivers.ts";
import { makeStore, type OpenedStore } from "./support/open-store.ts";

const DAMAGES = { corrupt: "'?' || substr(record, 2)", truncated: "substr(record, 1, 20)" };

describeDrivers("SqliteTokenStore, when things go wrong", (driver) => {
  const folder = mkdtempSync(join(tmpdir(), "grantkit-store-sqlite-"));
  const file = join(folder, "tokens.db");
  const database = driver.open(file);
  afterAll(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const literal = (key: string) => `'${encodeKey(key).replaceAll("'", "''")}'`;

  describe.each([
    ["plain records", false],
    ["encrypted records", true],
  ])("%s:", (_records, isEncrypted) => {
    const { module, member } = driver;
    const opened: OpenedStore = { file, module, member, isEncrypted };
    const parameter = JSON.stringify(opened);
    const cases = faultCases(
      {
        storeModule: join(import.meta.dirname, "support/open-store.ts"),
        storeParameter: parameter,
        openStore: () => makeStore(parameter),
        damage: (key, how) =>
          database.exec(
            `UPDATE grantkit_tokens SET record = ${DAMAGES[how]} WHERE key = ${literal(key)}`,
          ),
        raw: (key) =>
          database.prepare(`SELECT * FROM grantkit_tokens WHERE key = ${literal(key)}`).all(),
      },
      isEncrypted ? FAULTS_OF_RECORDS : undefined,
    );
    for (const { name, run } of cases) it(name, run);
  });
});
