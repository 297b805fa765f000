import { createClient } from "redis";
import { RedisTokenStore } from "../../src/index.ts";

/** More milliseconds than an answer takes while fifty processes start. */
const timeoutMs = 30_000;

/** Opens the store, in this process or in another one; it closes its client. */
export async function makeStore(url: string): Promise<RedisTokenStore> {
  const client = createClient({ url, commandOptions: { timeout: timeoutMs } });
  client.on("error", () => undefined);
  await client.connect();
  const store = new RedisTokenStore({ client, timeoutMs });
  store.close = () => {
    if (client.isOpen) client.destroy();
    return Promise.resolve();
  };
  return store;
}
