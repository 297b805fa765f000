import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { missingServer, type PostgresServer, startPostgres } from "@grantkit/store-faults";
import type { PostgresTokenStore } from "@grantkit/store-postgres";
import { Client } from "pg";
import { openStore } from "./support/open-store.ts";

const HOUR = 3_600_000;
const ended = {
  accessToken: "at",
  refreshToken: "rt",
  refreshTokenExpiresAt: Date.now() - 2 * HOUR,
};
const fresh = { ...ended, refreshTokenExpiresAt: Date.now() + HOUR };
const NOW = { olderThanMs: 0 };

(missingServer("postgres") ? describe.skip : describe)("sweep()", () => {
  let server: PostgresServer;
  let store: PostgresTokenStore;
  let client: Client;

  beforeAll(async () => {
    server = await startPostgres();
    store = openStore(server.url);
    await store.migrate();
    client = new Client(server.url);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await store.close();
    await server.stop();
  });
  beforeEach(() => client.query("DELETE FROM grantkit_tokens"));

  it("deletes records that have ended, and no others", async () => {
    await store.compareAndSet("ended", undefined, ended);
    await store.compareAndSet("no refresh token", undefined, {
      accessToken: "at",
      expiresAt: Date.UTC(2020),
    });
    await store.compareAndSet("long ago", undefined, { accessToken: "at", expiresAt: -1e15 });
    await store.compareAndSet("fresh", undefined, fresh);
    await store.compareAndSet("no end", undefined, { ...ended, refreshTokenExpiresAt: null });
    expect(await store.sweep()).toBe(2);
    expect(await store.sweep({ olderThanMs: 3 * HOUR })).toBe(0);
    expect(await store.sweep({ olderThanMs: HOUR })).toBe(1);
    expect((await store.keys()).keys).toEqual(["fresh", "no end"]);
  });

  it("deletes at most so many as it may, and the rest at the next call", async () => {
    for (const key of ["a", "b", "c"]) await store.compareAndSet(key, undefined, ended);
    expect(await store.sweep({ ...NOW, limit: 2 })).toBe(2);
    expect(await store.sweep({ ...NOW, limit: 2 })).toBe(1);
  });

  it("deletes no record that is locked", async () => {
    const version = await store.compareAndSet("k", undefined, ended);
    await store.withLock("k", { waitMs: 0, holdMs: 60_000 }, async () => {
      expect(await store.sweep(NOW)).toBe(0);
      expect(await store.compareAndSet("k", version, fresh)).toEqual(expect.any(String));
    });
  });

  it("passes over a record that is being written, and keeps what was refreshed", async () => {
    await store.compareAndSet("k", undefined, ended);
    await client.query("BEGIN");
    await client.query("UPDATE grantkit_tokens SET ends_at = now() + interval '1 day'");
    expect(await store.sweep(NOW)).toBe(0);
    await client.query("COMMIT");
    expect(await store.sweep(NOW)).toBe(0);
    expect(await store.get("k")).toBeDefined();
  });

  it("deletes the lease of a killed process when its time is over", async () => {
    await client.query(`INSERT INTO grantkit_tokens (key, lease_owner, lease_until)
      VALUES ('over', 'a', now()), ('held', 'b', now() + interval '1 day')`);
    expect(await store.sweep()).toBe(1);
    expect((await client.query("SELECT key FROM grantkit_tokens")).rows).toEqual([{ key: "held" }]);
  });

  it("is called in several processes at once: each row is deleted by one, and sign-ins go on", async () => {
    await client.query(`INSERT INTO grantkit_tokens (key, version, format, record, ends_at)
      SELECT 'k' || n, 'v', 1, '{"accessToken":"at"}', now() - interval '2 days' FROM generate_series(1, 2000) AS n`);
    const peers = Array.from({ length: 4 }, () => openStore(server.url));
    const sweepAll = async (peer: PostgresTokenStore): Promise<number> => {
      let sum = 0;
      for (let count = 1; count > 0; sum += count) count = await peer.sweep({ limit: 50 });
      return sum;
    };
    const refreshed = Array.from({ length: 20 }, (_, index) => `k${index * 100 + 1}`);
    const refresh = async (key: string): Promise<boolean> =>
      (await store.compareAndSet(key, "v", fresh)) !== undefined;
    const [sums, writes] = await Promise.all([
      Promise.all(peers.map(sweepAll)),
      Promise.all(refreshed.map(refresh)),
    ]);
    const kept = refreshed.filter((_, index) => writes[index]);
    expect((await store.keys()).keys.toSorted()).toEqual(kept.toSorted());
    expect(sums.reduce((sum, count) => sum + count, 0)).toBe(2000 - kept.length);
    await Promise.all(peers.map((peer) => peer.close()));
  });
});
