// Takes some seconds: locks end in real time, for each driver.
import { afterAll, describe, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encrypted } from "@grantkit/core";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { bundle, missingServer, startRedis } from "@grantkit/store-faults";
import { DRIVERS, openIoredis } from "./support/clients.ts";
import { StorePair } from "./support/store-pair.ts";

const server = missingServer("redis") ? undefined : await startRedis();
const url = server?.url ?? "";
const folder = mkdtempSync(join(tmpdir(), "grantkit-store-redis-"));
const pairs: StorePair[] = [];
afterAll(async () => {
  for (const pair of pairs) await pair.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

bundle({ program: join(import.meta.dirname, "support/store-module.ts") }, folder);
const processModule = join(folder, "store.mjs");
writeFileSync(
  processModule,
  `import { makeStore as make } from "./program.mjs";
  export const makeStore = () => make(${JSON.stringify(url)});`,
);

for (const [driver, open] of Object.entries(DRIVERS)) {
  (server ? describe : describe.skip)(`RedisTokenStore with ${driver}:`, () => {
    const pair = new StorePair(() => open(url));
    pairs.push(pair);
    const cases = tokenStoreConformance({
      makeStore: pair.makeStore,
      peerOf: pair.peerOf,
      ...(driver === "node-redis 6" && { processModule }),
    });
    for (const each of cases) it.concurrent(each.name, () => each.run());
  });
}

(server ? describe : describe.skip)("an encrypted RedisTokenStore:", () => {
  // A prefix of its own: check() reads all records.
  const pair = new StorePair(() => openIoredis(url), { prefix: "encrypted:" });
  pairs.push(pair);
  const keys = { id: "test", key: Buffer.alloc(32, 7) };
  const cases = tokenStoreConformance({
    makeStore: async () => encrypted(await pair.makeStore(), { keys }),
    peerOf: async () => encrypted(await pair.peerOf(), { keys }),
  });
  for (const each of cases) it.concurrent(each.name, () => each.run());
});
