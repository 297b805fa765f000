import { afterEach, describe, expect, it } from "@jest/globals";
import { createClient, RESP_TYPES } from "redis";
import { missingServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import { send } from "./support/cluster.ts";
import { Started } from "./support/started.ts";

const started = new Started();
afterEach(() => started.end());

(missingServer("redis") ? describe.skip : describe)("the commands of a RedisTokenStore", () => {
  it("a write and a lock that the driver sends again are had once", async () => {
    const proxy = await started.proxy((await started.redis()).port);
    const store = await started.store(proxy.url, "ioredis 6");
    const dropped = proxy.dropAnswerTo("ZADD");
    const version = await store.compareAndSet("k", undefined, { accessToken: "at" });
    await dropped;
    expect(await store.get("k")).toEqual({ token: { accessToken: "at" }, version });
    const isLost = proxy.dropAnswerTo("'SET', KEYS[1], ARGV[1], 'PX'");
    const limits = { waitMs: 0, holdMs: 60_000 };
    const lease = await store.withLock("k", limits, (given) => Promise.resolve(given));
    await isLost;
    expect(await lease.isHeld()).toBe(false);
  });

  it("a process that was paused for longer than the time limit reads the answer that came meanwhile", async () => {
    const store = await started.store((await started.redis()).url, "ioredis 6", { timeoutMs: 200 });
    await store.compareAndSet("k", undefined, { accessToken: "at" });
    const reading = store.get("k");
    await new Promise((sent) => setImmediate(sent));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect((await reading)?.token.accessToken).toBe("at");
  });

  it("a client that gives buffers instead of texts reads records and holds locks", async () => {
    const { url } = await started.redis();
    const client = createClient({
      url,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    await started.keep(client.connect(), () => client.destroy());
    const store = new RedisTokenStore({ client });
    await store.compareAndSet("k", undefined, { accessToken: "at" });
    expect((await store.get("k"))?.token.accessToken).toBe("at");
    expect((await store.keys()).keys).toEqual(["k"]);
    const limits = { waitMs: 0, holdMs: 60_000 };
    expect(await store.withLock("k", limits, (lease) => lease.isHeld())).toBe(true);
  });

  it("a lock keeps no process alive", async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
    const store = await started.store((await started.redis()).url, "ioredis 6");
    await store.get("k");
    const before = timers();
    await store.withLock("k", { waitMs: 1000, holdMs: 60_000 }, async (lease) => {
      await lease.extend?.();
      expect(timers()).toBe(before);
    });
  });

  it("a server that forgot all scripts runs them again", async () => {
    const server = await started.redis();
    const store = await started.store(server.url, "ioredis 6");
    const version = await store.compareAndSet("k", undefined, { accessToken: "at" });
    await send(server, "SCRIPT", "FLUSH");
    expect(await store.compareAndSet("k", version, { accessToken: "next" })).toEqual(
      expect.any(String),
    );
  });
});
