// Takes half a minute: tokens and locks of killed processes end in real time.
import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { join } from "node:path";
import { faultCases, type FaultHarness, missingServer, type PostgresServer, startPostgres } from "@grantkit/store-faults";
import { Pool } from "pg";
import { makeStore as openEncryptedStore } from "./support/open-encrypted-store.ts";
import { openStore } from "./support/open-store.ts";

(missingServer("postgres") ? describe.skip : describe)("PostgresTokenStore, when things go wrong:", () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.url, max: 2 });
    const store = openStore(server.url);
    await store.migrate();
    await store.close();
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  const DAMAGES = { corrupt: "'not a record'", truncated: "left(record, length(record) / 2)" };
  const harness = (module: string): Omit<FaultHarness, "openStore"> => ({
    storeModule: join(import.meta.dirname, "support", module),
    get storeParameter() {
      return server.url;
    },
    external: ["pg"],
    damage: (key, how) =>
      pool.query(`UPDATE grantkit_tokens SET record = ${DAMAGES[how]} WHERE key = $1`, [key]),
    raw: async (key) =>
      (await pool.query("SELECT record FROM grantkit_tokens WHERE key = $1", [key])).rows,
  });

  describe("plain records:", () => {
    const plain = Object.defineProperties
  });
});
