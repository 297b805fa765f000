import { afterEach, describe, expect, it } from "@jest/globals";
import { isOAuthError } from "@grantkit/core";
import { missingServer } from "@grantkit/store-faults";
import { errorOf } from "./support/errors.ts";
import { signIn } from "./support/sign-in.ts";
import { Started } from "./support/started.ts";

const started = new Started();
afterEach(() => started.end());

/** Calls until the client has a connection again, for ten seconds at most; the client needs the time between to connect. */
async function whenBack<T>(call: () => Promise<T>): Promise<T> {
  return untilDone(call, (error) =>
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true }),
  );
}

async function untilDone<T>(
  call: () => Promise<T>,
  check: (error: unknown) => void,
  tries = 1000,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    check(error);
    if (tries === 1) throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  return untilDone(call, check, tries - 1);
}

const NODE_DRIVERS = ["node-redis 6", "node-redis 5", "ioredis 6", "ioredis 5", "iovalkey"];

(missingServer("redis") ? describe.skip : describe)("when the connection to Redis is lost", () => {
  it("a server that is killed and started again has lost nothing, and every driver's client goes on", async () => {
    const server = await started.redis({ config: { appendonly: "yes", appendfsync: "always" } });
    const stores = await Promise.all(
      NODE_DRIVERS.map((driver) => started.store(server.url, driver)),
    );
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
      const { token, makeClient, sent } = await signIn(started);
      const proxy = await started.proxy((await started.redis()).port);
      const store = await started.store(proxy.url, driver);
      const session = await makeClient().storedSession({ store, key: "k", token });

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
      const next = await makeClient().storedSession({ store, key: "k" });
      expect((await next.refresh()).accessToken).not.toBe(session.token.accessToken);
      expect(sent()).toHaveLength(2);
      expect(new Set(sent()).size).toBe(2);
    },
  );

  it("a server that stops answering fails every call within the time limit", async () => {
    const proxy = await started.proxy((await started.redis()).port);
    for (const driver of NODE_DRIVERS) {
      proxy.isSilent = false;
      const store = await started.store(proxy.url, driver, { timeoutMs: 200 });
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
    const server = await started.redis();
    const proxy = await started.proxy(server.port);
    const store = await started.store(proxy.url, "ioredis 6", { timeoutMs: 100 });
    await store.withLock("k", { waitMs: 1000, holdMs: 300 }, async (lease) => {
      proxy.isSilent = true;
      await errorOf(lease.isHeld());
      await new Promise((resolve) => lease.signal.addEventListener("abort", resolve));
      expect(await lease.isHeld()).toBe(false);
      expect(await lease.extend?.()).toBe(false);
    });
    const had = () => Promise.resolve("had");
    const next = await started.store(server.url, "node-redis 6");
    expect(await next.withLock("k", { waitMs: 5000, holdMs: 1000 }, had)).toBe("had");
  });
});

/** Calls until the token is saved. */
async function whenSaved<T>(call: () => Promise<T>): Promise<T> {
  return untilDone(call, (error) => {
    expect(error).toMatchObject({ retryable: true });
    expect((error as { readonly code: string }).code).toMatch(/^(?:TOKEN_UPDATE|STORE)_FAILED$/);
  });
}
