import { encrypted, type TokenStore } from "@grantkit/core";
import { FileTokenStore } from "@grantkit/store-file";

/** Opens the encrypted store of a folder, in another process. */
export function makeStore(directory: string): TokenStore {
  const keys = { id: "test", key: Buffer.alloc(32, 7) };
  return encrypted(new FileTokenStore({ directory }), { keys });
}
