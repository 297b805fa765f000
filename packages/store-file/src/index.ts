/**
 * A token store in files: the processes of one machine share tokens, and one at a time refreshes them.
 *
 * @packageDocumentation
 */
export { FileTokenStore } from "./file-token-store.ts";
export type { FileTokenStoreOptions } from "./file-token-store.ts";
