import { afterEach, describe, expect, it } from "@jest/globals";
import { doctor } from "@grantkit/core";
import { missingServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import { DRIVERS, openIoredis, openNodeRedis } from "./support/clients.ts";
import { send } from "./support/cluster.ts";
import { errorOf } from "./support/errors.ts";
import { Started } from "./support/started.ts";

const started = new Started();
afterEach(() => started.end());

const PERSISTENT = { appendonly: "yes" };

(missingServer("redis") ? describe.skip : describe)("the set-up of Redis", () => {
  it("check() passes for a server with an append-only file, and there is nothing to find", async () => {
    const { url } = await started.redis({ config: PERSISTENT });
    for (const driver of Object.keys(DRIVERS)) {
      const store = await started.store(url, driver);
      await store.check();
      const findings = await doctor(store);
      expect(findings.filter(({ losesTokens }) => losesTokens)).toEqual([]);
    }
  });

  it("a server that evicts tokens fails check(), unless tokens may be lost", async () => {
    const config = { ...PERSISTENT, maxmemory: "50mb", "maxmemory-policy": "volatile-lru" };
    const { url } = await started.redis({ config });
    const { client } = await started.client(openIoredis(url));
    const error = await errorOf(new RedisTokenStore({ client }).check());
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
    expect(error.message).toContain("set maxmemory-policy noeviction");
    const store = new RedisTokenStore({ client, mayLoseTokens: true });
    await store.check();
    expect(await doctor(store)).toEqual([
      { code: "EVICTION", losesTokens: true, message: expect.stringContaining("volatile-lru") },
    ]);
  });

  it("an eviction policy without a memory limit evicts nothing", async () => {
    const { url } = await started.redis({
      config: { ...PERSISTENT, "maxmemory-policy": "allkeys-lru" },
    });
    const store = await started.store(url, "node-redis 6");
    await store.check();
    expect(await doctor(store)).toEqual([]);
  });

  it("a server that persists nothing fails check(), unless tokens may be lost", async () => {
    const { url } = await started.redis();
    const { client } = await started.client(openNodeRedis(url));
    const error = await errorOf(new RedisTokenStore({ client }).check());
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
    expect(error.message).toContain("set appendonly yes");
    await new RedisTokenStore({ client, mayLoseTokens: true }).check();
  });

  it("a server with snapshots only passes check(), and doctor() tells how much can be lost", async () => {
    const { url } = await started.redis({ config: { save: "900 1 60 1000" } });
    const store = await started.store(url, "node-redis 6");
    await store.check();
    expect(await doctor(store)).toEqual([
      {
        code: "NO_PERSISTENCE",
        losesTokens: true,
        message: expect.stringContaining("in the last 900 s"),
      },
    ]);
  });

  it("a replica fails check(), whether or not it takes writes", async () => {
    const primary = await started.redis({ config: PERSISTENT });
    for (const readOnly of ["yes", "no"]) {
      const config = { ...PERSISTENT, "replica-read-only": readOnly };
      const replica = await started.redis({ config, replicaOf: primary });
      const { client } = await started.client(openIoredis(replica.url));
      const store = new RedisTokenStore({ client, mayLoseTokens: true });
      const error = await errorOf(store.check());
      expect(error.code).toBe("STORE_FAILED");
      expect(error.message).toMatch(/replica.*connect to the primary/);
      expect((await doctor(store)).map(({ code }) => code)).toContain("READ_FROM_REPLICA");
    }
  });

  it("a user who may not run CONFIG or INFO passes check(), and doctor() tells what nobody sees", async () => {
    const server = await started.redis();
    await send(
      server,
      "ACL",
      "SETUSER",
      "app",
      "on",
      ">app-pass",
      "~grantkit:*",
      "+@all",
      "-config",
    );
    const url = server.url.replace("://", "://app:app-pass@");
    const store = await started.store(url, "node-redis 6");
    await store.check();
    expect(await doctor(store)).toEqual([
      {
        code: "NO_PERSISTENCE",
        losesTokens: false,
        message: expect.stringContaining("does not allow CONFIG GET save"),
      },
    ]);
    await send(server, "ACL", "SETUSER", "app", "-info");
    await store.check();
    expect(await doctor(store)).toEqual([
      {
        code: "CHECK_FAILED",
        losesTokens: false,
        message: expect.stringContaining("does not allow INFO"),
      },
    ]);
  });
});
