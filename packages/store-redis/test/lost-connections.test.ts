import { afterEach, describe, expect, it } from "@jest/globals";
import { createClient } from "redis";
import { isOAuthError } from "@grantkit/core";
import { startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { missingServer, startRedis, type TestServer } from "@grantkit/store-faults";
import { RedisTokenStore } from "@grantkit/store-redis";
import { DRIVERS, openNodeRedis } from "./support/clients.ts";
import { errorOf } from "./support/errors.ts";
import { Proxy } from "./support/proxy.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const start = async (config: Readonly<Record<string, string>> = {}): Promise<TestServer> => {
  const server = await startRedis({ config });
  ends.push(() => server.stop());
  return server;
};
const startProxy = async (server: TestServer): Promise<Proxy> => {
  const proxy = await Proxy.start(server.port);
  ends.push(() => proxy.close());
  return proxy;
};
const open = async (
  url: string,
  driver: string,
  options: Partial<ConstructorParameters<typeof RedisTokenStore>[0]> = {},
): Promise<RedisTokenStore> => {
  const { client, close } = await (DRIVERS[driver] as typeof openNodeRedis)(url);
  ends.push(close);
  return new RedisTokenStore({ client, ...options });
};

/** Calls until the client has a connection again. */
async function whenBack<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
    }
  }
}

const NODE_DRIVERS = ["node-redis 6", "node-redis 5", "ioredis 6", "ioredis 5", "iovalkey"];

(missingServer("redis") ? describe.skip : describe)("when the connection to Redis is lost", () => {
  it("a server that is killed and started again has lost nothing, and every driver's client goes on", async () => {
    const server = await start({ appendonly: "yes", appendfsync: "always" });
    const stores = await Promise.all(NODE_DRIVERS.map((driver) => open(server.url, driver)));
    const versions = await Promise.all(
      stores.map((store, index) =>
        store.compareAndSet(`k${index}`, undefined, { accessToken: "at" }),
      ),
    );
    await server.kill("SIGKILL");
    await server.restart();
    for (const [index, store] of stores.entries()) {
      const found = await whenBack(() => store.get(`k${index}`));
      expect(found?.version).toBe(versions[index]);
      const next = await whenBack(() =>
        store.compareAndSet(`k${index}`, found?.version, { accessToken: "next" }),
      );
      expect(next).toEqual(expect.any(String));
    }
  });

  it.each(NODE_DRIVERS)(
    "a refreshed token whose write was answered to nobody is saved once, and the session goes on (%s)",
    async (driver) => {
      const emulator = await startGitHub({ expiringTokens: true });
      ends.push(() => emulator.close());
      const { clientId, clientSecret, endpoints } = emulator;
      const redirectUri = "http://127.0.0.1:1/callback";
      const client = new GitHubClient({ clientId, clientSecret, endpoints, redirectUri });
      const request = await client.authorizationRequest();
      const token = await client.fetchToken(await emulator.authorize(request.url), request);
      const proxy = await startProxy(await start());
      const store = await open(proxy.url, driver);
      const session = await client.storedSession({ store, key: "k", token });

      const dropped = proxy.dropAnswerTo("ZADD");
      const failure: unknown = await session.refresh().catch((error: unknown) => error);
      await dropped;
      // A driver sends the command again, or the next request saves the token.
      if (isOAuthError(failure)) expect(failure.code).toBe("TOKEN_UPDATE_FAILED");
      const answer = await whenSaved(() => session.get<unknown>("/user"));
      expect(answer.status).toBe(200);
      expect(session.token.accessToken).not.toBe(token.accessToken);
      const stored = await whenBack(() => store.get("k"));
      expect(stored?.token.accessToken).toBe(session.token.accessToken);
      // The stored refresh token is the one that counts: another process goes on with it.
      const other = new GitHubClient({ clientId, clientSecret, endpoints, redirectUri });
      const next = await other.storedSession({ store, key: "k" });
      expect((await next.refresh()).accessToken).not.toBe(session.token.accessToken);
      const sent = emulator.requests
        .map(({ body }) => body["refresh_token"])
        .filter((each) => each !== undefined);
      expect(sent).toHaveLength(2);
      expect(new Set(sent).size).toBe(2);
    },
  );

  it("a server that stops answering fails every call within the time limit", async () => {
    const proxy = await startProxy(await start());
    for (const driver of NODE_DRIVERS) {
      proxy.isSilent = false;
      const store = await open(proxy.url, driver, { timeoutMs: 200 });
      const version = await store.compareAndSet(driver, undefined, { accessToken: "at" });
      proxy.isSilent = true;
      const limits = { waitMs: 100, holdMs: 1000 };
      const calls = [
        store.get(driver),
        store.compareAndSet(driver, version, { accessToken: "next" }),
        store.delete(driver),
        store.keys(),
        store.withLock(driver, limits, () => Promise.resolve()),
        store.check(),
        store.inspect(),
      ];
      for (const call of calls) {
        const error = await errorOf(call);
        expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
        expect(error.message).toContain("did not answer within 200 ms");
      }
    }
  });

  it("a holder whose connection is lost knows by itself when its lock is over", async () => {
    const server = await start();
    const proxy = await startProxy(server);
    const store = await open(proxy.url, "ioredis 6", { timeoutMs: 100 });
    await store.withLock("k", { waitMs: 1000, holdMs: 300 }, async (lease) => {
      proxy.isSilent = true;
      await errorOf(lease.isHeld());
      await new Promise((resolve) => lease.signal.addEventListener("abort", resolve));
      expect(await lease.isHeld()).toBe(false);
      expect(await lease.extend?.()).toBe(false);
    });
    const { client, close } = await openNodeRedis(server.url);
    ends.push(close);
    const had = () => Promise.resolve("had");
    const next = new RedisTokenStore({ client });
    expect(await next.withLock("k", { waitMs: 5000, holdMs: 1000 }, had)).toBe("had");
  });

  it("a write and a lock that the driver sends again are had once", async () => {
    const proxy = await startProxy(await start());
    const store = await open(proxy.url, "ioredis 6");
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
    const store = await open((await start()).url, "ioredis 6", { timeoutMs: 200 });
    await store.compareAndSet("k", undefined, { accessToken: "at" });
    const reading = store.get("k");
    await new Promise((sent) => setImmediate(sent));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect((await reading)?.token.accessToken).toBe("at");
  });

  it("a lock keeps no process alive", async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
    const store = await open((await start()).url, "ioredis 6");
    await store.get("k");
    const before = timers();
    await store.withLock("k", { waitMs: 1000, holdMs: 60_000 }, async (lease) => {
      await lease.extend?.();
      expect(timers()).toBe(before);
    });
  });

  it("a server that forgot all scripts runs them again", async () => {
    const server = await start();
    const store = await open(server.url, "ioredis 6");
    const version = await store.compareAndSet("k", undefined, { accessToken: "at" });
    const client = createClient({ url: server.url });
    await client.connect();
    await client.scriptFlush();
    client.destroy();
    expect(await store.compareAndSet("k", version, { accessToken: "next" })).toEqual(
      expect.any(String),
    );
  });
});

/** Calls until the token is saved. */
async function whenSaved<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      expect(error).toMatchObject({ retryable: true });
      expect((error as { readonly code: string }).code).toMatch(/^(?:TOKEN_UPDATE|STORE)_FAILED$/);
    }
  }
}
