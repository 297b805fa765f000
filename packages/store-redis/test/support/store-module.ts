import { createClient } from "redis";
import { RedisTokenStore } from "../../src/index.ts";

/** More milliseconds than an answer takes while fifty processes start. */
const timeoutMs = 30_000;

/** Opens the store in another process. */
export async function makeStore(url: string): Promise<RedisTokenStore> {
  const client = createClient({ url, commandOptions: { timeout: timeoutMs } });
  await client.connect();
  return new RedisTokenStore({ client, timeoutMs });
}
