import { RedisTokenStore } from "../../src/index.ts";
import { openNodeRedis } from "./clients.ts";

/** Opens the store in another process. */
export async function makeStore(url: string): Promise<RedisTokenStore> {
  const { client } = await openNodeRedis(url);
  return new RedisTokenStore({ client });
}
