// Takes some seconds: a server starts, and is killed and started again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { missingServer, type PostgresServer, startPostgres } from "@grantkit/store-faults";
import type { PostgresTokenStore } from "@grantkit/store-postgres";
import { Client } from "pg";
import { LosingProxy } from "./support/losing-proxy.ts";
import { openStore } from "./support/open-store.ts";

const LIMITS = { waitMs: 10_000, holdMs: 5000 };
const record = (accessToken: string) => ({ accessToken });

(missingServer("postgres") ? describe.skip : describe)("PostgresTokenStore", () => {
  let server: PostgresServer;
  let proxy: LosingProxy;
  let store: PostgresTokenStore;
  let key: string;

  beforeAll(async () => {
    server = await startPostgres();
    proxy = await LosingProxy.start(server.url);
    store = openStore(proxy.url);
    await store.migrate();
  });
  afterAll(async () => {
    await store.close();
    proxy.close();
    await server.stop();
  });
  beforeEach(() => {
    key = `user-${randomUUID()}`;
    proxy.lost = 0;
  });

  /** The open administration connection of a piece of work. */
  async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client(server.url);
    await client.connect();
    return work(client).finally(() => client.end());
  }

  it("knows that a first write was saved though its answer was lost", async () => {
    proxy.loseAnswerTo("INSERT");
    const version = await store.compareAndSet(key, undefined, record("first"));
    expect(proxy.lost).toBe(1);
    expect(await store.get(key)).toEqual({ token: record("first"), version });
  });

  it("knows that a token was replaced though the answer was lost", async () => {
    const first = await store.compareAndSet(key, undefined, record("first"));
    proxy.loseAnswerTo("UPDATE");
    const second = await store.compareAndSet(key, first, record("second"));
    expect(proxy.lost).toBe(1);
    expect(await store.get(key)).toEqual({ token: record("second"), version: second });
    proxy.loseAnswerTo("UPDATE");
    expect(await store.compareAndSet(key, first, record("late"))).toBeUndefined();
    expect(await store.get(key)).toEqual({ token: record("second"), version: second });
  });

  it("knows that a token was deleted though the answer was lost", async () => {
    const version = await store.compareAndSet(key, undefined, record("first"));
    proxy.loseAnswerTo("UPDATE");
    expect(await store.delete(key, version)).toBe(true);
    expect(proxy.lost).toBe(1);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.delete(key)).toBe(false);
  });

  it("has the lock though the answer was lost, and extends it and gives it back so", async () => {
    proxy.loseAnswerTo("INSERT");
    // Who does not wait gets the lock at once, or not at all.
    const limits = { ...LIMITS, waitMs: 0 };
    await store.withLock(key, limits, async (lease) => {
      proxy.loseAnswerTo("UPDATE");
      expect(await lease.extend?.()).toBe(true);
      expect(await lease.isHeld()).toBe(true);
      proxy.loseAnswerTo("UPDATE");
    });
    expect(proxy.lost).toBe(3);
    expect(await store.withLock(key, limits, () => Promise.resolve("had"))).toBe("had");
  });

  it("writes once more when the server ends the connection in the middle of a write", async () => {
    const first = await store.compareAndSet(key, undefined, record("first"));
    await withClient(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT FROM grantkit_tokens WHERE key = $1 FOR UPDATE", [key]);
      const writing = store.compareAndSet(key, first, record("second"));
      const END = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
      while ((await client.query(END)).rowCount === 0) {
        // The write does not wait for the row yet.
      }
      await client.query("COMMIT");
      const version = await writing;
      expect(await store.get(key)).toEqual({ token: record("second"), version });
    });
  });

  it("keeps a write while the server is down, and does it when the server has started again", async () => {
    const first = await store.compareAndSet(key, undefined, record("first"));
    await server.kill("SIGKILL");
    const writing = store.compareAndSet(key, first, record("second"));
    await server.restart();
    const second = await writing;
    expect(await store.get(key)).toEqual({ token: record("second"), version: second });
  });

  it("gives 50 waiters the lock one after another over a single connection", async () => {
    const single = openStore(server.url, { max: 1 });
    await single.compareAndSet(key, undefined, record("0"));
    const increment = async (): Promise<void> => {
      const found = await single.get(key);
      const next = record(String(Number(found?.token.accessToken) + 1));
      expect(await single.compareAndSet(key, found?.version, next)).toEqual(expect.any(String));
    };
    const limits = { ...LIMITS, waitMs: 60_000 };
    await Promise.all(Array.from({ length: 50 }, () => single.withLock(key, limits, increment)));
    expect((await single.get(key))?.token.accessToken).toBe("50");
    await single.close();
  });

  it("keeps a session signed in when the answer to its save is lost", async () => {
    const emulator = await startGitHub({ expiringTokens: true });
    const { clientId, clientSecret, endpoints } = emulator;
    const redirectUri = "http://127.0.0.1:1/callback";
    const client = new GitHubClient({ clientId, clientSecret, endpoints, redirectUri });
    const request = await client.authorizationRequest();
    const token = await client.fetchToken(await emulator.authorize(request.url), request);
    const session = await client.storedSession({ store, key, token });
    proxy.loseAnswerTo("SET version");
    const next = await session.refresh();
    expect(proxy.lost).toBe(1);
    expect((await store.get(key))?.token.refreshToken).toBe(next.refreshToken);
    const again = await client.storedSession({ store, key });
    expect((await again.refresh()).refreshToken).not.toBe(next.refreshToken);
    await emulator.close();
  });
});
