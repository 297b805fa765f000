import { afterEach, describe, expect, it } from "@jest/globals";
import { Redis as Upstash } from "@upstash/redis";
import { Redis as Ioredis } from "ioredis";
import { createClient } from "redis";
import { doctor } from "@grantkit/core";
import { missingServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import { send } from "./support/cluster.ts";
import { errorOf, shownBy } from "./support/errors.ts";
import { Proxy } from "./support/proxy.ts";
import { startRestBridge } from "./support/rest-bridge.ts";
import { Started } from "./support/started.ts";

const started = new Started();
afterEach(() => started.end());

const PERSISTENT = { appendonly: "yes" };

(missingServer("redis") ? describe.skip : describe)("when Redis refuses", () => {
  it("a user who may not run scripts, or touch the keys, gets an error that says so", async () => {
    const server = await started.redis();
    await send(server, "ACL", "SETUSER", "noeval", "on", ">app-pass", "~*", "+@all", "-eval");
    await send(server, "ACL", "SETUSER", "nokeys", "on", ">app-pass", "~other:*", "+@all");
    for (const user of ["noeval", "nokeys"]) {
      const url = server.url.replace("://", `://${user}:app-pass@`);
      for (const driver of ["node-redis 6", "ioredis 6"]) {
        const store = await started.store(url, driver);
        const error = await errorOf(store.check());
        expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
        expect(error.message).toContain("(NOPERM)");
        expect(shownBy(error)).not.toContain("app-pass");
      }
    }
  });

  it("the README's list of permissions is enough", async () => {
    const server = await started.redis({ config: PERSISTENT });
    const rights =
      "-@all +eval +get +set +del +exists +getrange +pexpire +time +zadd +zrem +zrangebylex +zrangebyscore +wait +info +config|get";
    await send(server, "ACL", "SETUSER", "app", "on", ">p", "~grantkit:*", ...rights.split(" "));
    const url = server.url.replace("://", "://app:p@");
    const client = createClient({ url, disableClientInfo: true });
    await started.keep(client.connect(), () => client.destroy());
    const store = new RedisTokenStore({ client });
    expect(await doctor(store)).toEqual([]);
    const record = { accessToken: "at", expiresAt: Date.now() };
    expect(await store.compareAndSet("k", undefined, record)).toEqual(expect.any(String));
    expect((await store.keys()).keys).toEqual(["k"]);
  });

  it("a user who lacks one of the rights fails at check(), and a write that fails leaves no unlisted record", async () => {
    const server = await started.redis({ config: PERSISTENT });
    const admin = await started.store(server.url, "node-redis 6");
    const token = { accessToken: "at", expiresAt: Date.now() + 1e6 };
    const lacking = "set del exists getrange pexpire time zadd zrem zrangebylex zrangebyscore";
    for (const command of lacking.split(" ")) {
      await send(server, "ACL", "SETUSER", command, "on", ">p", "~*", "+@all", `-${command}`);
      const store = await started.store(server.url.replace("://", `://${command}:p@`), "ioredis 6");
      const error = await errorOf(store.check());
      expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
      expect(error.message).toContain("(NOPERM)");
      await store.compareAndSet(command, undefined, token).catch(() => undefined);
      await store.delete(command).catch(() => undefined);
      const listed = (await admin.keys()).keys.includes(command);
      expect([command, listed]).toEqual([command, (await admin.get(command)) !== undefined]);
    }
  });

  it("a wrong password gives an error that says so, and shows it nowhere", async () => {
    const server = await started.redis({ config: { requirepass: "right-pass" } });
    const url = server.url.replace("right-pass", "wrong-pass");
    const store = await started.store(url, "ioredis 6", { timeoutMs: 2000 });
    const error = await errorOf(store.check());
    expect(error.code).toBe("STORE_FAILED");
    expect(error.message).toMatch(/password/);
    expect(shownBy(error)).not.toMatch(/wrong-pass|redis:\/\//);
  });

  it("a wrong token of Upstash gives an error that says so, and shows it nowhere", async () => {
    const bridge = await started.keep(startRestBridge((await started.redis()).url), ({ close }) =>
      close(),
    );
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
    const ioredis = new Ioredis(proxy.url, { maxRetriesPerRequest: null, disconnectTimeout: 10 });
    ioredis.on("error", () => undefined);
    const nodeRedis = createClient({ url: proxy.url, commandOptions: { timeout: 1000 } });
    nodeRedis.on("error", () => undefined);
    nodeRedis.connect().catch(() => undefined);
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
    ioredis.disconnect();
    nodeRedis.destroy();
  });

  it("a client of node-redis that was not connected is told to connect", async () => {
    const client = createClient();
    const error = await errorOf(new RedisTokenStore({ client }).get("k"));
    expect(error.code).toBe("STORE_FAILED");
    expect(error.message).toContain("call its connect() first");
  });

  it("a server whose memory is full refuses a write with an error, and keeps its records", async () => {
    const server = await started.redis({ config: PERSISTENT });
    const store = await started.store(server.url, "ioredis 6");
    const version = await store.compareAndSet("k", undefined, { accessToken: "first" });
    await send(server, "CONFIG", "SET", "maxmemory", "1mb");
    const error = await errorOf(store.compareAndSet("k", version, { accessToken: "second" }));
    // The client of Upstash quotes the command in its errors.
    const bridge = startRestBridge(server.url);
    const { url, token } = await started.keep(bridge, ({ close }) => close());
    const upstash = new Upstash({ url, token, enableAutoPipelining: false, retry: false });
    const quoted = await errorOf(
      new RedisTokenStore({ client: upstash }).compareAndSet("k", version, {
        accessToken: "MOVED",
      }),
    );
    expect(quoted.message).toBe(error.message);
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
    expect(error.message).toContain("Its memory is full");
    expect((await store.get("k"))?.token.accessToken).toBe("first");
  });
});
