import type { TokenStore } from "@grantkit/core";
import { Pool } from "pg";
import { PostgresTokenStore } from "../../src/index.ts";

/** Opens a store whose connections `close()` ends. */
export function openStore(url: string, { max = 10 } = {}): PostgresTokenStore {
  const pool = new Pool({ connectionString: url, max });
  // An idle connection that the server ends; without a listener the process ends, too.
  pool.on("error", () => undefined);
  const store = new PostgresTokenStore({ query: (sql, parameters) => pool.query(sql, parameters) });
  return closing(store, () => pool.end());
}

/** Gives a store another `close()`, which may be called twice. */
export function closing<Store extends TokenStore>(
  store: Store,
  end: () => Promise<unknown>,
): Store {
  let ended: Promise<unknown> | undefined;
  return Object.assign(store, {
    async close() {
      ended ??= end();
      await ended;
    },
  });
}

/** For other processes: of a hundred, each has few connections. */
export const makeStore = (url: string): PostgresTokenStore => openStore(url, { max: 2 });
