import { encrypted, type TokenStore } from "@grantkit/core";
import { openStore } from "./open-store.ts";

/** Opens an encrypted store, in other processes too. */
export function makeStore(url: string): TokenStore {
  return encrypted(openStore(url, { max: 2 }), { keys: { id: "test", key: Buffer.alloc(32, 7) } });
}
