import { afterEach, describe, expect, it } from "@jest/globals";
import { Redis as Upstash } from "@upstash/redis";
import { Redis as Ioredis } from "ioredis";
import { createClient } from "redis";
import { doctor } from "@grantkit/core";
import { missingServer, startRedis, type TestServer } from "@grantkit/store-faults";
import { type RedisClient, RedisTokenStore } from "@grantkit/store-redis";
import { DRIVERS, type OpenClient, openIoredis, openNodeRedis } from "./support/clients.ts";
import { errorOf, shownBy } from "./support/errors.ts";
import { Proxy } from "./support/proxy.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const start = async (options: Parameters<typeof startRedis>[0] = {}): Promise<TestServer> => {
  const server = await startRedis(options);
  ends.push(() => server.stop());
  return server;
};
const kept = async (opening: Promise<OpenClient>): Promise<RedisClient> => {
  const { client, close } = await opening;
  ends.push(close);
  return client;
};
const PERSISTENT = { appendonly: "yes" };
const send = async (server: TestServer, ...command: string[]): Promise<unknown> =>
  ((await kept(openNodeRedis(server.url))) as ReturnType<typeof createClient>).sendCommand(command);

(missingServer("redis") ? describe.skip : describe)("the set-up of Redis", () => {
  it("check() passes for a server with an append-only file, and there is nothing to find", async () => {
    const { url } = await start({ config: PERSISTENT });
    for (const open of Object.values(DRIVERS)) {
      const store = new RedisTokenStore({ client: await kept(open(url)) });
      await store.check();
      const findings = await doctor(store);
      expect(findings.filter(({ losesTokens }) => losesTokens)).toEqual([]);
    }
  });

  it("a server that evicts tokens fails check(), unless tokens may be lost", async () => {
    const config = { ...PERSISTENT, maxmemory: "50mb", "maxmemory-policy": "volatile-lru" };
    const { url } = await start({ config });
    const client = await kept(openIoredis(url));
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
    const { url } = await start({ config: { ...PERSISTENT, "maxmemory-policy": "allkeys-lru" } });
    const store = new RedisTokenStore({ client: await kept(openNodeRedis(url)) });
    await store.check();
    expect(await doctor(store)).toEqual([]);
  });

  it("a server that persists nothing fails check(), unless tokens may be lost", async () => {
    const { url } = await start();
    const client = await kept(openNodeRedis(url));
    const error = await errorOf(new RedisTokenStore({ client }).check());
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
    expect(error.message).toContain("set appendonly yes");
    await new RedisTokenStore({ client, mayLoseTokens: true }).check();
  });

  it("a server with snapshots only passes check(), and doctor() tells how much can be lost", async () => {
    const { url } = await start({ config: { save: "900 1 60 1000" } });
    const store = new RedisTokenStore({ client: await kept(openNodeRedis(url)) });
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
    const primary = await start({ config: PERSISTENT });
    for (const readOnly of ["yes", "no"]) {
      const config = { ...PERSISTENT, "replica-read-only": readOnly };
      const replica = await start({ config, replicaOf: primary });
      const client = await kept(openIoredis(replica.url));
      const store = new RedisTokenStore({ client, mayLoseTokens: true });
      const error = await errorOf(store.check());
      expect(error.code).toBe("STORE_FAILED");
      expect(error.message).toMatch(/replica.*connect to the primary/);
      expect((await doctor(store)).map(({ code }) => code)).toContain("READ_FROM_REPLICA");
    }
  });

  it("a user who may not run CONFIG or INFO passes check(), and doctor() tells what nobody sees", async () => {
    const server = await start();
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
    const store = new RedisTokenStore({ client: await kept(openNodeRedis(url)) });
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

  it("a user who may not run scripts, or touch the keys, gets an error that says so", async () => {
    const server = await start();
    await send(server, "ACL", "SETUSER", "noeval", "on", ">app-pass", "~*", "+@all", "-eval");
    await send(server, "ACL", "SETUSER", "nokeys", "on", ">app-pass", "~other:*", "+@all");
    for (const user of ["noeval", "nokeys"]) {
      const url = server.url.replace("://", `://${user}:app-pass@`);
      for (const open of [openNodeRedis, openIoredis]) {
        const store = new RedisTokenStore({ client: await kept(open(url)) });
        const error = await errorOf(store.check());
        expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
        expect(error.message).toContain("(NOPERM)");
        expect(shownBy(error)).not.toContain("app-pass");
      }
    }
  });

  it("the README's list of permissions is enough", async () => {
    const server = await start({ config: PERSISTENT });
    const rights =
      "-@all +eval +get +set +del +exists +getrange +pexpire +time +zadd +zrem +zrangebylex +zrangebyscore +wait +info +config|get";
    await send(server, "ACL", "SETUSER", "app", "on", ">p", "~grantkit:*", ...rights.split(" "));
    const url = server.url.replace("://", "://app:p@");
    const client = createClient({ url, disableClientInfo: true });
    await client.connect();
    ends.push(() => client.destroy());
    const store = new RedisTokenStore({ client });
    expect(await doctor(store)).toEqual([]);
    const record = { accessToken: "at", expiresAt: Date.now() };
    expect(await store.compareAndSet("k", undefined, record)).toEqual(expect.any(String));
    expect((await store.keys()).keys).toEqual(["k"]);
  });

  it("a wrong password gives an error that says so, and shows it nowhere", async () => {
    const server = await start({ config: { requirepass: "right-pass" } });
    const url = server.url.replace("right-pass", "wrong-pass");
    const store = new RedisTokenStore({ client: await kept(openIoredis(url)), timeoutMs: 2000 });
    const error = await errorOf(store.check());
    expect(error.code).toBe("STORE_FAILED");
    expect(error.message).toMatch(/password/);
    expect(shownBy(error)).not.toMatch(/wrong-pass|redis:\/\//);
  });

  it("a wrong token of Upstash gives an error that says so, and shows it nowhere", async () => {
    const { startRestBridge } = await import("./support/rest-bridge.ts");
    const bridge = await startRestBridge((await start()).url);
    ends.push(bridge.close);
    const client = new Upstash({ url: bridge.url, token: "wrong-token", retry: false });
    const error = await errorOf(
      new RedisTokenStore({ client }).compareAndSet("k", undefined, { accessToken: "secret-at" }),
    );
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
    expect(error.message).toMatch(/password/);
    expect(shownBy(error)).not.toMatch(/wrong-token|secret-at/);
  });

  it("a server that nobody runs fails within the time limit, for every driver", async () => {
    const proxy = await Proxy.start(1);
    proxy.close();
    const ioredis = new Ioredis(proxy.url, { maxRetriesPerRequest: null });
    ioredis.on("error", () => undefined);
    ends.push(() => ioredis.disconnect());
    const nodeRedis = createClient({ url: proxy.url, commandOptions: { timeout: 1000 } });
    nodeRedis.on("error", () => undefined);
    nodeRedis.connect().catch(() => undefined);
    ends.push(() => nodeRedis.destroy());
    const upstash = new Upstash({
      url: proxy.url.replace("redis", "http"),
      token: "t",
      retry: false,
    });
    for (const client of [ioredis, nodeRedis, upstash]) {
      const error = await errorOf(new RedisTokenStore({ client, timeoutMs: 300 }).check());
      expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
      expect(error.message).toMatch(/server/);
    }
  });

  it("a client of node-redis that was not connected is told to connect", async () => {
    const client = createClient();
    const error = await errorOf(new RedisTokenStore({ client }).get("k"));
    expect(error.code).toBe("STORE_FAILED");
    expect(error.message).toContain("call its connect() first");
  });

  it("a server whose memory is full refuses a write with an error, and keeps its records", async () => {
    const server = await start({ config: PERSISTENT });
    const store = new RedisTokenStore({ client: await kept(openIoredis(server.url)) });
    const version = await store.compareAndSet("k", undefined, { accessToken: "first" });
    await send(server, "CONFIG", "SET", "maxmemory", "1mb");
    const error = await errorOf(store.compareAndSet("k", version, { accessToken: "second" }));
    // The client of Upstash quotes the command in its errors.
    const upstash = await kept((DRIVERS["@upstash/redis"] as typeof openIoredis)(server.url));
    const next = { accessToken: "MOVED" };
    const quoted = await errorOf(
      new RedisTokenStore({ client: upstash }).compareAndSet("k", version, next),
    );
    expect(quoted.message).toBe(error.message);
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
    expect(error.message).toContain("Its memory is full");
    expect((await store.get("k"))?.token.accessToken).toBe("first");
  });
});
