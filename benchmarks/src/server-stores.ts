import { missingServer, startPostgres } from "@grantkit/store-faults/servers";
import { postgresMigration, PostgresTokenStore } from "@grantkit/store-postgres";
import { Pool } from "pg";
import type { StoreKind } from "./store-kind.ts";

/** {@link PostgresTokenStore} over pg, and pg alone. */
export const postgres: StoreKind = {
  name: "postgres",
  place: "postgres",
  isShared: true,
  async start() {
    if (missingServer("postgres")) return undefined;
    const server = await startPostgres({ config: { fsync: "on" } });
    const at = server.url;
    const pool = new Pool({ connectionString: at });
    await pool.query(postgresMigration());
    await pool.query("CREATE TABLE texts (id text PRIMARY KEY, text text)");
    await pool.end();
    return { at, stop: () => server.stop() };
  },
  open(at) {
    const pool = new Pool({ connectionString: at });
    const store = new PostgresTokenStore({
      query: (sql, parameters) => pool.query(sql, [...parameters]),
    });
    return Promise.resolve({
      store,
      write: (text) =>
        pool.query(
          "INSERT INTO texts VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET text = EXCLUDED.text",
          ["text", text],
        ),
      async read() {
        const { rows } = await pool.query<{ text: string }>(
          "SELECT text FROM texts WHERE id = $1",
          ["text"],
        );
        return rows[0]?.text ?? "";
      },
      async close() {
        await store.close();
        await pool.end();
      },
    });
  },
};
