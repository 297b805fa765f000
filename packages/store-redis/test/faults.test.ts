// Takes half a minute: tokens and locks of killed processes end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { createClient } from "redis";
import { faultCases, missingServer, startRedis } from "@grantkit/store-faults";
import { makeStore } from "./support/store-module.ts";

const server = missingServer("redis")
  ? undefined
  : await startRedis({ config: { appendonly: "yes" } });
const client = createClient({ url: server?.url ?? "redis://127.0.0.1" });
if (server) await client.connect();
afterAll(async () => {
  if (server) client.destroy();
  await server?.stop();
});

function nameOf(key: string): string {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex");
  return `grantkit:{${digest[0]}}:${digest}`;
}

(server ? describe : describe.skip)("RedisTokenStore, when things go wrong:", () => {
  const url = server?.url ?? "";
  const cases = faultCases({
    storeModule: join(import.meta.dirname, "support/store-module.ts"),
    storeParameter: url,
    openStore: () => makeStore(url),
    async damage(key, how) {
      const text = (await client.get(nameOf(key))) ?? "";
      const damaged = how === "truncated" ? text.slice(0, -20) : text.replace("token", "t?ken");
      await client.set(nameOf(key), damaged);
    },
    raw: (key) => client.get(nameOf(key)),
  });
  for (const { name, run } of cases) it(name, run);
});
