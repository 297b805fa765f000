/**
 * A token store in SQLite.
 *
 * @packageDocumentation
 */
export {};
