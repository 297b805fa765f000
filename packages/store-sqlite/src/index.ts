/**
 * A token store in SQLite: the processes of one machine share tokens, and one at a time refreshes them.
 *
 * @packageDocumentation
 */
export { SqliteTokenStore } from "./sqlite-token-store.ts";
export type { SqliteTokenStoreOptions } from "./sqlite-token-store.ts";
export type { SweepOptions } from "./sweep.ts";
export type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";
