// Takes a minute: tokens and locks of killed processes end in real time.
import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { join } from "node:path";
import type { TokenStore } from "@grantkit/core";
import {
  faultCases,
  FAULTS_OF_RECORDS,
  missingServer,
  type PostgresServer,
  startPostgres,
} from "@grantkit/store-faults";
import { Pool } from "pg";
import { makeStore as openEncryptedStore } from "./support/open-encrypted-store.ts";
import { makeStore, openStore } from "./support/open-store.ts";

const onPostgres = missingServer("postgres") ? describe.skip : describe;

onPostgres("PostgresTokenStore, when things go wrong,", () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres({ config: { max_connections: "400" } });
    pool = new Pool({ connectionString: server.url, max: 2 });
    const store = openStore(server.url);
    await store.migrate();
    await store.close();
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  function faults(
    module: string,
    open: (url: string) => TokenStore,
    corrupted: string,
    names?: RegExp,
  ): void {
    const records = { corrupt: corrupted, truncated: "left(record, length(record) - 20)" };
    const cases = faultCases(
      {
        storeModule: join(import.meta.dirname, "support", module),
        get storeParameter() {
          return server.url;
        },
        external: ["pg"],
        openStore: () => open(server.url),
        damage: (key, how) =>
          pool.query(`UPDATE grantkit_tokens SET record = ${records[how]} WHERE key = $1`, [key]),
        raw: async (key) =>
          (await pool.query("SELECT record FROM grantkit_tokens WHERE key = $1", [key])).rows,
      },
      names,
    );
    for (const { name, run } of cases) it(name, run);
  }

  describe("plain:", () => {
    faults("open-store.ts", makeStore, "overlay(record placing '?' from 1)");
  });
  describe("encrypted:", () => {
    const other = "CASE substr(record, 100, 1) WHEN 'A' THEN 'B' ELSE 'A' END";
    faults(
      "open-encrypted-store.ts",
      openEncryptedStore,
      `overlay(record placing ${other} from 100)`,
      FAULTS_OF_RECORDS,
    );
  });
});
