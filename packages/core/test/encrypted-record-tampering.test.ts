import { beforeEach, describe, expect, it } from "@jest/globals";
import { encrypted, MemoryTokenStore, type TokenRecord, type TokenStore } from "@grantkit/core";
import { CANARY, expectNoCanary } from "./support/canaries.ts";
import { makeKey } from "./support/encryption-keys.ts";
import { thrown } from "./support/thrown.ts";
import { WatchedStore } from "./support/watched-store.ts";

const key = "user-1";
const [current, earlier] = [makeKey("2026-11"), makeKey("2025-03")];
const record: TokenRecord = {
  accessToken: CANARY.accessToken,
  refreshToken: CANARY.refreshToken,
  refreshTokenExpiresAt: "2026-07-01T00:00:00.000Z",
};

interface Stored {
  readonly encrypted: string;
  readonly endsAt?: string;
}

let inner: WatchedStore;
let store: TokenStore;
let stored: Stored;

beforeEach(async () => {
  inner = new WatchedStore();
  store = encrypted(inner, { keys: [current, earlier] });
  await store.compareAndSet(key, undefined, record);
  stored = (await inner.get(key))?.token as unknown as Stored;
});

/** Puts another record in its place, and gives the error of the next read. */
async function errorOf(changed: unknown, at = key) {
  await inner.put(at, changed as TokenRecord);
  const error = await thrown(store.get(at));
  expect(error).toMatchObject({ code: "RECORD_UNREADABLE", retryable: false });
  expect(error.message).toContain(JSON.stringify(at));
  expectNoCanary(error, current.key, earlier.key);
  expect(await inner.get(at)).toMatchObject({ token: changed });
  return error;
}

const headerOf = (changes: object): string => {
  const [header = "", ...rest] = stored.encrypted.split(".");
  const fields: object = JSON.parse(atob(header));
  const changed = Buffer.from(JSON.stringify({ ...fields, ...changes })).toString("base64url");
  return [changed, ...rest].join(".");
};

describe("a stored record is unreadable", () => {
  it("after a change of any byte", async () => {
    const json = Buffer.from(JSON.stringify(stored));
    let tried = 0;
    // The lowest bit, and the one between upper and lower case.
    for (const bit of [1, 0x20]) {
      for (let index = 0; index < json.length; index += 1) {
        const bytes = Buffer.from(json);
        bytes[index] = (bytes[index] as number) ^ bit;
        let changed: unknown;
        try {
          changed = JSON.parse(bytes.toString("latin1"));
        } catch {
          // No longer JSON: that is the store's to report.
          continue;
        }
        await errorOf(changed);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(1.8 * stored.encrypted.length);
  });

  it("after it was cut at any place, or got longer", async () => {
    for (let length = 0; length < stored.encrypted.length; length += 1) {
      await errorOf({ ...stored, encrypted: stored.encrypted.slice(0, length) });
    }
    await errorOf({ ...stored, encrypted: stored.encrypted.replace("..", ".AAAA.") });
    await errorOf({ ...stored, encrypted: `${stored.encrypted}.` });
    await errorOf({ ...stored, encrypted: `${stored.encrypted}AAAA` });
  });

  it("if the unused bits of its base64url were changed", async () => {
    const last = stored.encrypted.at(-1) ?? "";
    const next = String.fromCharCode(last.charCodeAt(0) + 1);
    const changed = stored.encrypted.slice(0, -1) + next;
    const tagOf = (text: string) => Buffer.from(text.split(".")[4] ?? "", "base64url");
    expect(tagOf(changed)).toEqual(tagOf(stored.encrypted));
    await errorOf({ ...stored, encrypted: changed });
  });

  it("under another key: two users' records cannot be swapped", async () => {
    await store.compareAndSet("user-2", undefined, { ...record, accessToken: "at-second-0002" });
    const second = (await inner.get("user-2"))?.token;
    expect((await errorOf(second)).message).toMatch(/that of another key/);
    await errorOf(stored, "user-2");
  });

  it("with another end, or none", async () => {
    await errorOf({ ...stored, endsAt: "2036-07-01T00:00:00.000Z" });
    await errorOf({ encrypted: stored.encrypted });
    await store.compareAndSet("endless", undefined, { accessToken: "at", refreshToken: "rt" });
    const endless = (await inner.get("endless"))?.token;
    await errorOf({ ...endless, endsAt: "2000-01-01T00:00:00.000Z" }, "endless");
  });

  it("with another header", async () => {
    const changes = [{ kid: earlier.id }, { alg: "A256KW" }, { enc: "A128GCM" }, { zip: "DEF" }];
    for (const change of [...changes, { crit: ["v"] }, { v: "1" }, { kid: 5 }, { v: undefined }]) {
      await errorOf({ ...stored, encrypted: headerOf(change) });
    }
  });

  it("as a plain token in its place", async () => {
    expect((await errorOf({ accessToken: "at-evil-0001" })).message).toContain("is not encrypted");
  });

  it("if a later version of Grantkit wrote it, and the error says to update", async () => {
    const error = await errorOf({ ...stored, encrypted: headerOf({ v: 2 }) });
    expect(error.message).toMatch(/later version of Grantkit.*Update @grantkit\/core/);
  });

  it("if nobody has its key, and the error names that key and the way out", async () => {
    store = encrypted(inner, { keys: earlier });
    const { message } = await errorOf(stored);
    expect(message).toMatch(/is encrypted with the key "2026-11".*Add the key "2026-11"/);
    expect(message).toMatch(/store\.delete\(key\)/);
    expect(await store.delete(key)).toBe(true);
    await store.compareAndSet(key, undefined, record);
    expect((await store.get(key))?.token).toEqual(record);
  });

  it("if the key of that name is another one", async () => {
    store = encrypted(inner, { keys: makeKey(current.id) });
    expect((await errorOf(stored)).message).toMatch(/another key named "2026-11"/);
  });
});

it("check() fails if no record can be read, and not for one damaged record", async () => {
  const wrong = encrypted(inner, { keys: makeKey(current.id) });
  expect(await thrown(wrong.check())).toMatchObject({ code: "RECORD_UNREADABLE" });
  await store.compareAndSet("user-2", undefined, record);
  await errorOf({ ...stored, encrypted: "damaged" });
  await store.check();
});

it("10,000 writes use 10,000 nonces", async () => {
  const plain = new MemoryTokenStore();
  const many = encrypted(plain, { keys: current });
  const nonces = new Set<string>();
  let version: string | undefined;
  for (let count = 0; count < 10_000; count += 1) {
    version = await many.compareAndSet(key, version, record);
    const written = (await plain.get(key))?.token as unknown as Stored;
    nonces.add(written.encrypted.split(".")[2] ?? "");
  }
  expect(nonces.size).toBe(10_000);
  expect([...nonces].every((nonce) => Buffer.from(nonce, "base64url").length === 12)).toBe(true);
});
