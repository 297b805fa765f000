import { createRequire } from "node:module";
import { encrypted, type TokenStore } from "@grantkit/core";
import { type SqliteDatabase, SqliteTokenStore } from "@grantkit/store-sqlite";

/** How another process opens a store. */
export interface OpenedStore {
  readonly file: string;
  /** The driver's module, and the class in it unless the module is the class. */
  readonly module: string;
  readonly member?: string | undefined;
  readonly isEncrypted: boolean;
}

/** Opens a store, of which a JSON text says how. */
export function makeStore(parameter: string): TokenStore {
  const { file, module, member, isEncrypted } = JSON.parse(parameter) as OpenedStore;
  const loaded: unknown = createRequire(import.meta.url)(module);
  const Connection = (
    member === undefined ? loaded : (loaded as Record<string, unknown>)[member]
  ) as new (file: string) => SqliteDatabase;
  const store = new SqliteTokenStore({ database: new Connection(file) });
  const keys = [{ id: "2026-11", key: new Uint8Array(32).fill(7) }];
  return isEncrypted ? encrypted(store, { keys }) : store;
}
