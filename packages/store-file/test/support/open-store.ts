import { FileTokenStore } from "@grantkit/store-file";

/** Opens the store of a folder, in another process. */
export function makeStore(directory: string): FileTokenStore {
  return new FileTokenStore({ directory });
}
