// Takes a minute: tokens and locks of killed processes end in real time, for plain and for encrypted records.
import { afterAll, describe, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { createClient } from "redis";
import { faultCases, FAULTS_OF_RECORDS, missingServer, startRedis } from "@grantkit/store-faults";
import { makeStore as makeEncryptedStore } from "./support/encrypted-store-module.ts";
import { makeStore } from "./support/store-module.ts";

const server = missingServer("redis")
  ? undefined
  : await startRedis({ config: { appendonly: "yes" } });
const url = server?.url ?? "redis://127.0.0.1";
const client = createClient({ url });
if (server) await client.connect();
afterAll(async () => {
  if (server) client.destroy();
  await server?.stop();
});

function nameOf(key: string): string {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex");
  return `grantkit:{${digest[0]}}:${digest}`;
}

const STORES = {
  "plain records": { module: "store-module.ts", openStore: () => makeStore(url), names: /./ },
  "encrypted records": {
    names: FAULTS_OF_RECORDS,
    module: "encrypted-store-module.ts",
    openStore: () => makeEncryptedStore(url),
  },
};

for (const [records, { module, openStore, names }] of Object.entries(STORES)) {
  (server ? describe : describe.skip)(`RedisTokenStore, ${records}, when things go wrong:`, () => {
    const cases = faultCases(
      {
        storeModule: join(import.meta.dirname, "support", module),
        storeParameter: url,
        openStore,
        async damage(key, how) {
          const text = (await client.get(nameOf(key))) ?? "";
          const damaged = how === "truncated" ? text.slice(0, -20) : text.replace("token", "t?ken");
          await client.set(nameOf(key), damaged);
        },
        raw: (key) => client.get(nameOf(key)),
      },
      names,
    );
    for (const { name, run } of cases) it(name, run);
  });
}
