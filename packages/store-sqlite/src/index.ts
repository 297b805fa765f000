/**
 * A token store in SQLite: the processes of one machine share tokens, and one at a time refreshes them.
 *
 * @packageDocumentation
 */
export { SqliteTokenStore } from "./sqlite-token-store.ts";
export type { SqliteTokenStoreOptions, SweepOptions } from "./store-options.ts";
export type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";
