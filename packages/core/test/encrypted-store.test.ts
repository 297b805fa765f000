import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  encrypted,
  MemoryTokenStore,
  Token,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import { recordEnd } from "@grantkit/core/requests";
import { FakeClock, tokenStoreConformance } from "@grantkit/core/testing";
import { CANARY } from "./support/canaries.ts";
import { makeKey } from "./support/encryption-keys.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { WatchedStore } from "./support/watched-store.ts";

const key = "user-1";
const keys = makeKey("2026-11");
const record: TokenRecord = {
  accessToken: CANARY.accessToken,
  refreshToken: CANARY.refreshToken,
  expiresAt: "2026-01-01T01:00:00.000Z",
  refreshTokenExpiresAt: "2026-07-01T00:00:00.000Z",
  scope: ["read"],
  raw: { name: "Zoë \u{1f511}" },
};
const running = closedAfterAll();

describe("an encrypted store in memory keeps every promise of a TokenStore:", () => {
  const clock = new FakeClock();
  const cases = tokenStoreConformance({
    makeStore: () => encrypted(new MemoryTokenStore({ clock }), { keys, clock }),
    lapse: (milliseconds) => clock.advance(milliseconds),
  });
  for (const each of cases) it(each.name, () => each.run());
});

describe("an encrypted store", () => {
  let inner: WatchedStore;
  let store: TokenStore;
  beforeEach(() => {
    inner = new WatchedStore();
    store = encrypted(inner, { keys });
  });

  it("gives back a record of many megabytes", async () => {
    const accessToken = "t".repeat(6_000_000);
    await store.compareAndSet(key, undefined, { accessToken });
    expect((await store.get(key))?.token.accessToken === accessToken).toBe(true);
  });

  it("gives back what was written, and stores nothing of it but its end", async () => {
    const version = await store.compareAndSet(key, undefined, record);
    expect(await store.get(key)).toEqual({ token: record, version });
    const stored = (await inner.get(key))?.token as object;
    expect(Object.keys(stored)).toEqual(["encrypted", "endsAt"]);
    expect(recordEnd(stored as TokenRecord)).toBe(Date.parse("2026-07-01T00:00:00.000Z"));
    const header = String(Object.values(stored)[0]).split(".")[0] ?? "";
    expect(JSON.parse(atob(header))).toEqual({
      alg: "dir",
      enc: "A256GCM",
      kid: "2026-11",
      v: 1,
    });
  });

  it("writes a record as it was when it was passed", async () => {
    const scope = ["read"];
    const writing = store.compareAndSet(key, undefined, { accessToken: "at", scope });
    scope.push("write");
    await writing;
    expect((await store.get(key))?.token.scope).toEqual(["read"]);
  });

  it("stores no end of a record that has none", async () => {
    await store.compareAndSet(key, undefined, { accessToken: "at", refreshToken: "rt" });
    const stored = (await inner.get(key))?.token as TokenRecord;
    expect(Object.keys(stored)).toEqual(["encrypted"]);
    expect(recordEnd(stored)).toBeUndefined();
  });

  it("passes deletes, lists, locks, checks, the inspection and the end on", async () => {
    const inspection = { now: 1, findings: [] };
    const inspected = Object.assign(new MemoryTokenStore(), {
      inspect: () => Promise.resolve(inspection),
    });
    const opened = encrypted(inspected, { keys });
    expect(await opened.inspect?.()).toBe(inspection);
    expect(typeof store.inspect).toBe("undefined");
    await opened.compareAndSet("a/1", undefined, record);
    await opened.compareAndSet("b/1", undefined, record);
    expect(await opened.keys({ prefix: "a/" })).toEqual({ keys: ["a/1"] });
    const limits = { waitMs: 100, holdMs: 100 };
    expect(await opened.withLock("a/1", limits, (lease) => lease.isHeld())).toBe(true);
    expect(await opened.delete("a/1", "no such version")).toBe(false);
    expect(await opened.delete("a/1")).toBe(true);
    inspected.check = () => Promise.reject(new Error("the table is missing"));
    expect((await thrown(opened.check())).message).toBe("the table is missing");
    await opened.close();
    expect(await inspected.get("b/1")).toBeUndefined();
  });

  it("is not read without its keys: the record is no token, and the error says why", async () => {
    await store.compareAndSet(key, undefined, record);
    const stored = (await inner.get(key))?.token as TokenRecord;
    expect(() => Token.from(stored)).toThrow(/encrypted\(store, \{ keys \}\)/);
    const client = (await running(ExampleProvider.start())).client();
    expect(await thrown(client.storedSession({ store: inner, key }))).toMatchObject({
      code: "TOKEN_INVALID",
      message: expect.stringContaining("is encrypted"),
    });
  });

  it("decrypts nothing for requests that need no refresh", async () => {
    const example = await running(ExampleProvider.start());
    const clock = new FakeClock();
    const token = example.expiring(clock, 3000);
    const session = await example.client({ clock }).storedSession({ store, key, token });
    const calls = [jest.spyOn(crypto.subtle, "decrypt"), jest.spyOn(crypto.subtle, "encrypt")];
    inner.gets = 0;
    for (let count = 0; count < 50; count += 1) {
      await (count % 2 ? session.get("/me") : session.fetch("/me"));
    }
    expect(calls.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    expect(inner.gets).toBe(0);
    await store.get(key);
    expect(calls[0]?.mock.calls.length).toBe(1);
    jest.restoreAllMocks();
  });
});

describe("records from before the encryption", () => {
  it("are unreadable, and the error says how to migrate", async () => {
    const inner = new MemoryTokenStore();
    await inner.compareAndSet(key, undefined, record);
    const store = encrypted(inner, { keys });
    for (const work of [store.get(key), store.check()]) {
      const { code, message } = await thrown(work);
      expect(code).toBe("RECORD_UNREADABLE");
      expect(message).toMatch(/"user-1" is not encrypted.*allowPlain: true.*reencrypt\(\)/);
    }
    expect(await inner.get(key)).toMatchObject({ token: record });
    expect(await store.reencrypt()).toEqual({ rewritten: 0, unreadable: [key] });
  });

  it("are read with allowPlain, and encrypted by their next write", async () => {
    const inner = new WatchedStore();
    const version = await inner.compareAndSet(key, undefined, record);
    const store = encrypted(inner, { keys, allowPlain: true });
    await store.check();
    expect(await store.get(key)).toEqual({ token: record, version });
    await store.compareAndSet(key, version, record);
    expect(await inner.accessToken(key)).toBeUndefined();
    expect((await encrypted(inner, { keys }).get(key))?.token).toEqual(record);
  });

  it("are all encrypted by reencrypt()", async () => {
    const inner = new MemoryTokenStore();
    for (let count = 0; count < 250; count += 1) {
      await inner.compareAndSet(`user-${count}`, undefined, record);
    }
    const store = encrypted(inner, { keys, allowPlain: true });
    expect(await store.reencrypt()).toEqual({ rewritten: 250, unreadable: [] });
    expect(await store.reencrypt()).toEqual({ rewritten: 0, unreadable: [] });
    expect((await encrypted(inner, { keys }).get("user-249"))?.token).toEqual(record);
  });
});
