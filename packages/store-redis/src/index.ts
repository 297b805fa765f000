/**
 * A token store in Redis or Valkey.
 *
 * @packageDocumentation
 */
export {};
