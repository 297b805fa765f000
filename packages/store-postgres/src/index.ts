/**
 * A token store in PostgreSQL.
 *
 * @packageDocumentation
 */
export {};
