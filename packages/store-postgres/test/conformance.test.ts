// Takes some seconds: a server and processes start, and locks end in real time.
import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TokenStoreHarness, tokenStoreConformance } from "@grantkit/core/testing";
import {
  bundle,
  missingServer,
  type PostgresServer,
  startPgBouncer,
  startPostgres,
} from "@grantkit/store-faults";
import { PostgresTokenStore } from "@grantkit/store-postgres";
import { Client } from "pg";
import postgres from "postgres";
import { closing, openStore } from "./support/open-store.ts";

const folder = mkdtempSync(join(tmpdir(), "grantkit-store-postgres-"));
const processModule = join(folder, "conformance.mjs");
let server: PostgresServer;
let bouncer: PostgresServer;

/** A second store is a second pool. */
function promises(
  makeStore: () => PostgresTokenStore,
  more: Partial<TokenStoreHarness> = {},
): void {
  const cases = tokenStoreConformance({ makeStore, peerOf: makeStore, ...more });
  for (const each of cases) it(each.name, () => each.run());
}

(missingServer("postgres") ? describe.skip : describe)("PostgresTokenStore", () => {
  beforeAll(async () => {
    server = await startPostgres();
    const store = openStore(server.url);
    await store.migrate();
    await store.close();
    bundle({ store: join(import.meta.dirname, "support/open-store.ts") }, folder, ["pg"]);
    writeFileSync(
      processModule,
      `import { openStore } from "./store.mjs";
      export const makeStore = () => openStore(${JSON.stringify(server.url)});`,
    );
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  describe("with pg keeps every promise of a TokenStore:", () => {
    promises(() => openStore(server.url), { processModule });
  });

  describe("with postgres.js keeps every promise of a TokenStore:", () => {
    promises(() => {
      const sql = postgres(server.url, { max: 4, onnotice: () => undefined });
      const query = (text: string, parameters: (string | null)[]) => sql.unsafe(text, parameters);
      return closing(new PostgresTokenStore({ query }), () => sql.end());
    });
  });

  (missingServer("pgbouncer") ? describe.skip : describe)(
    "through PgBouncer in transaction mode keeps every promise of a TokenStore:",
    () => {
      beforeAll(async () => {
        bouncer = await startPgBouncer({ postgres: server, poolSize: 2 });
      });
      afterAll(() => bouncer.stop());
      promises(() => openStore(bouncer.url));
    },
  );

  // Two conditions at once, to save time.
  describe("with serializable transactions, in a database of another encoding and language, keeps every promise of a TokenStore:", () => {
    const LEVEL = "options=-c%20default_transaction_isolation=serializable";
    const url = () =>
      Object.assign(new URL(server.url), { pathname: "/other", search: LEVEL }).href;
    beforeAll(async () => {
      const client = new Client(server.url);
      await client.connect();
      await client.query(
        "CREATE DATABASE other TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER icu ICU_LOCALE 'cs'",
      );
      await client.end();
      const store = openStore(url());
      await store.migrate();
      await store.close();
    });
    promises(() => openStore(url()));
  });
});
