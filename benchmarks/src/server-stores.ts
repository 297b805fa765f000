import { missingServer, startPostgres, startRedis } from "@grantkit/store-faults/servers";
import { postgresMigration, PostgresTokenStore } from "@grantkit/store-postgres";
import { RedisTokenStore } from "@grantkit/store-redis";
import { Pool } from "pg";
import { createClient } from "redis";
import type { StoreKind } from "./store-kind.ts";

/** {@link RedisTokenStore} over node-redis, and node-redis alone. */
export const redis: StoreKind = {
  name: "redis",
  place: "redis",
  isShared: true,
  async start() {
    if (missingServer("redis")) return undefined;
    const server = await startRedis({ config: { appendonly: "yes" } });
    return { at: server.url, stop: () => server.stop() };
  },
  async open(at) {
    const client = createClient({ url: at });
    await client.connect();
    const store = new RedisTokenStore({ client });
    return {
      store,
      write: (text) => client.set("text", text),
      read: async () => (await client.get("text")) ?? "",
      async close() {
        await store.close();
        await client.close();
      },
    };
  },
};

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
