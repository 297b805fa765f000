import { encrypted, type TokenStore } from "@grantkit/core";
import { makeStore as makePlainStore } from "./store-module.ts";

/** Opens an encrypted store, in this process or in another one. */
export async function makeStore(url: string): Promise<TokenStore> {
  const keys = { id: "test", key: Buffer.alloc(32, 7) };
  return encrypted(await makePlainStore(url), { keys });
}
