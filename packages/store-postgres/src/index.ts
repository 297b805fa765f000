/**
 * A token store in PostgreSQL: the processes of several machines share tokens, and one at a time refreshes them.
 *
 * @packageDocumentation
 */
export { PostgresTokenStore } from "./postgres-token-store.ts";
export type { PostgresTokenStoreOptions } from "./postgres-token-store.ts";
export type { SweepOptions } from "./sweep.ts";
export { postgresMigration } from "./table.ts";
export type { PostgresTableOptions } from "./table.ts";
export type { PostgresQuery } from "./database.ts";
