// Takes some seconds: a cluster is built, and locks end in real time.
import { afterAll, describe, expect, it } from "@jest/globals";
import { Cluster as Ioredis } from "ioredis";
import { Cluster as Ioredis5 } from "ioredis-5";
import { createCluster } from "redis";
import { createCluster as createCluster5 } from "redis-5";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { missingServer, type TestServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import type { OpenClient } from "./support/clients.ts";
import { send, startCluster } from "./support/cluster.ts";
import { StorePair } from "./support/store-pair.ts";

const nodes = missingServer("redis") ? [] : await startCluster();
const roots = nodes.map(({ port }) => ({ host: "127.0.0.1", port }));
const rootNodes = nodes.map(({ url }) => ({ url }));
const opened: OpenClient[] = [];
const pairs: StorePair[] = [];
afterAll(async () => {
  for (const pair of pairs) await pair.close();
  for (const { close } of opened) await close();
  for (const node of nodes) await node.stop();
});

const DRIVERS: Readonly<Record<string, () => Promise<OpenClient>>> = {
  async "node-redis 6"() {
    const client = createCluster({ rootNodes, useReplicas: true });
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async "node-redis 5"() {
    const client = createCluster5({ rootNodes });
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  "ioredis 6"() {
    const client = new Ioredis(roots, { scaleReads: "slave" });
    return Promise.resolve({ client, close: () => client.disconnect() });
  },
  "ioredis 5"() {
    const client = new Ioredis5(roots);
    return Promise.resolve({ client, close: () => client.disconnect() });
  },
};

const onLastNode = (...command: string[]): Promise<unknown> =>
  send(nodes.at(-1) as TestServer, ...command);

for (const [driver, open] of Object.entries(DRIVERS)) {
  (nodes.length > 0 ? describe : describe.skip)(
    `RedisTokenStore in a cluster, with ${driver}:`,
    () => {
      const pair = new StorePair(open);
      pairs.push(pair);
      const openKept = async (): Promise<OpenClient> => {
        const client = await open();
        opened.push(client);
        return client;
      };
      const cases = tokenStoreConformance(pair);
      for (const each of cases) it.concurrent(each.name, () => each.run());

      it("inspect() looks at every node", async () => {
        const { client } = await openKept();
        const store = new RedisTokenStore({ client });
        const codes = async (): Promise<readonly string[]> =>
          (await store.inspect()).findings.map(({ code }) => code);
        expect(await codes()).toEqual(["NO_PERSISTENCE"]);
        await onLastNode("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "100mb");
        expect(await codes()).toEqual(["NO_PERSISTENCE", "EVICTION"]);
        await onLastNode("CONFIG", "SET", "maxmemory-policy", "noeviction");
        expect(await codes()).toEqual(["NO_PERSISTENCE"]);
      });

      it("waitForReplicas asks the node that has the record", async () => {
        const { client } = await openKept();
        const waitForReplicas = { count: 1, timeoutMs: 50 };
        const store = new RedisTokenStore({ client, waitForReplicas, prefix: "waiting:" });
        for (const key of ["a", "b", "c", "d", "e", "f"]) {
          await store.delete(key).catch(() => undefined);
          await expect(
            store.compareAndSet(key, undefined, { accessToken: "at" }),
          ).rejects.toMatchObject({
            code: "STORE_FAILED",
            message: expect.stringContaining("only 0 of 1 replicas"),
          });
          expect((await store.get(key))?.token.accessToken).toBe("at");
        }
      });

      it("the nodes share the records", async () => {
        const { client } = await openKept();
        const prefix = `${driver.replace(" ", "-")}:`;
        const store = new RedisTokenStore({ client, prefix });
        const write = (_: unknown, index: number) =>
          store.compareAndSet(`user-${index}`, undefined, { accessToken: "at" });
        await Promise.all(Array.from({ length: 60 }, write));
        expect((await store.keys({ prefix: "user-" })).keys).toHaveLength(60);
        const onNodes = await Promise.all(nodes.map((node) => send(node, "KEYS", `${prefix}*`)));
        expect(onNodes.map((names) => (names as string[]).length > 10)).toEqual([true, true, true]);
      });
    },
  );
}
