// Takes some seconds: locks end in real time, for each driver.
import { afterAll, describe, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encrypted, type TokenStore } from "@grantkit/core";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { bundle, missingServer, startRedis, type TestServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import { DRIVERS, openIoredis, type OpenClient } from "./support/clients.ts";

const isMissing = missingServer("redis");
const server = isMissing ? undefined : await startRedis();
const folder = mkdtempSync(join(tmpdir(), "grantkit-store-redis-"));
const opened: OpenClient[] = [];
afterAll(async () => {
  for (const { close } of opened) await close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** Writes a module that opens the store in another process. */
function processModule({ url }: TestServer): URL {
  bundle({ program: join(import.meta.dirname, "support/store-module.ts") }, folder);
  const module = join(folder, "store.mjs");
  writeFileSync(
    module,
    `import { makeStore as make } from "./program.mjs";
    export const makeStore = () => make(${JSON.stringify(url)});`,
  );
  return pathToFileURL(module);
}

for (const [driver, open] of Object.entries(DRIVERS)) {
  (server ? describe : describe.skip)(`RedisTokenStore with ${driver}:`, () => {
    const { url } = server as TestServer;
    const makeStore = async (): Promise<RedisTokenStore> => {
      const client = await open(url);
      opened.push(client);
      return new RedisTokenStore({ client: client.client, mayLoseTokens: true });
    };
    const cases = tokenStoreConformance({
      makeStore,
      peerOf: makeStore,
      ...(driver === "node-redis 6" && { processModule: processModule(server as TestServer) }),
    });
    for (const each of cases) it.concurrent(each.name, () => each.run());
  });
}

(server ? describe : describe.skip)("an encrypted RedisTokenStore:", () => {
  const makeStore = async (): Promise<TokenStore> => {
    const client = await openIoredis((server as TestServer).url);
    opened.push(client);
    // A prefix of its own: check() reads all records.
    const options = { prefix: "encrypted:", mayLoseTokens: true };
    const store = new RedisTokenStore({ client: client.client, ...options });
    return encrypted(store, { keys: { id: "test", key: Buffer.alloc(32, 7) } });
  };
  const cases = tokenStoreConformance({ makeStore, peerOf: makeStore });
  for (const each of cases) it.concurrent(each.name, () => each.run());
});
