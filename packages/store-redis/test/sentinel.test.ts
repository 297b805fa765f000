import { afterAll, describe, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis as Ioredis } from "ioredis";
import { createSentinel } from "redis";
import { createSentinel as createSentinel5 } from "redis-5";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { missingServer, startRedis, type TestServer } from "@grantkit/store-faults";
import type { OpenClient } from "./support/clients.ts";
import { freePort } from "./support/cluster.ts";
import { StorePair } from "./support/store-pair.ts";

const NAME = "tokens";
const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** Starts a Sentinel that watches a server. */
async function startSentinel({ port: watched, folder }: TestServer): Promise<number> {
  const port = await freePort();
  const file = join(folder, "sentinel.conf");
  writeFileSync(
    file,
    `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor ${NAME} 127.0.0.1 ${watched} 1\n`,
  );
  const child = spawn("redis-server", [file, "--sentinel"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  ends.push(() => child.kill("SIGKILL"));
  for await (const chunk of child.stdout) if (String(chunk).includes("+monitor master")) break;
  return port;
}

const isMissing = missingServer("redis");
const server = isMissing ? undefined : await startRedis();
if (server) ends.push(() => server.stop());
const port = server ? await startSentinel(server) : 0;
const sentinelRootNodes = [{ host: "127.0.0.1", port }];

const DRIVERS: Readonly<Record<string, () => Promise<OpenClient>>> = {
  async "node-redis 6"() {
    const client = createSentinel({ name: NAME, sentinelRootNodes });
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async "node-redis 5"() {
    const client = createSentinel5({ name: NAME, sentinelRootNodes });
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  "ioredis 6"() {
    const client = new Ioredis({ name: NAME, sentinels: sentinelRootNodes });
    return Promise.resolve({ client, close: () => client.disconnect() });
  },
};

for (const [driver, open] of Object.entries(DRIVERS)) {
  (isMissing ? describe.skip : describe)(`RedisTokenStore behind Sentinel, with ${driver}:`, () => {
    const pair = new StorePair(open);
    ends.push(() => pair.close());
    const cases = tokenStoreConformance(pair);
    for (const each of cases) it.concurrent(each.name, () => each.run());
  });
}
