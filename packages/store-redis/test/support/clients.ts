import { Redis as Upstash } from "@upstash/redis";
import { Redis as Ioredis } from "ioredis";
import { Redis as Ioredis5 } from "ioredis-5";
import { Redis as Iovalkey } from "iovalkey";
import { createClient } from "redis";
import { createClient as createClient5, createClientPool } from "redis-5";
import type { RedisClient } from "@grantkit/store-redis";
import { startRestBridge } from "./rest-bridge.ts";

/** A connected client, and how to close it. */
export interface OpenClient {
  readonly client: RedisClient;
  readonly close: () => unknown;
}

/** Opens a client of each driver, as its users do. */
export const DRIVERS: Readonly<Record<string, (url: string) => Promise<OpenClient>>> = {
  "node-redis 6": openNodeRedis,
  async "node-redis 5"(url) {
    const client = createClient5({ url });
    client.on("error", () => undefined);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async "a pool of node-redis"(url) {
    const client = createClientPool({ url });
    client.on("error", () => undefined);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  "ioredis 6": openIoredis,
  "ioredis 5"(url) {
    const client = new Ioredis5(url);
    client.on("error", () => undefined);
    return Promise.resolve({ client, close: () => client.disconnect() });
  },
  iovalkey(url) {
    const client = new Iovalkey(url);
    client.on("error", () => undefined);
    return Promise.resolve({ client, close: () => client.disconnect() });
  },
  async "an object that has only eval()"(url) {
    const client = createClient({ url });
    client.on("error", () => undefined);
    await client.connect();
    const evalOnly = {
      eval: (script: string, keys: string[], args: string[]) =>
        client.eval(script, { keys, arguments: args }),
    };
    return { client: evalOnly, close: () => client.destroy() };
  },
  async "@upstash/redis"(url) {
    const bridge = await startRestBridge(url);
    const client = new Upstash({ url: bridge.url, token: bridge.token, retry: false });
    return { client, close: bridge.close };
  },
};

/** Opens a client of node-redis 6. */
export async function openNodeRedis(url: string): Promise<OpenClient> {
  const client = createClient({ url });
  // An error of the connection is that of the command, too.
  client.on("error", () => undefined);
  await client.connect();
  return { client, close: () => client.destroy() };
}

/** Opens a client of ioredis 6. */
export function openIoredis(url: string): Promise<OpenClient> {
  const client = new Ioredis(url);
  client.on("error", () => undefined);
  return Promise.resolve({ client, close: () => client.disconnect() });
}
