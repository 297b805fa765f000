import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { randomBytes } from "node:crypto";
import {
  encrypted,
  type EncryptionKey,
  type EncryptionKeys,
  type EncryptionKeySource,
  MemoryTokenStore,
  type TokenStore,
} from "@grantkit/core";
import { FakeClock } from "@grantkit/core/testing";
import { CANARY, expectNoCanary } from "./support/canaries.ts";
import { makeKey } from "./support/encryption-keys.ts";
import { polluted } from "./support/prototype-traps.ts";
import { thrown } from "./support/thrown.ts";
import { turns } from "./support/turns.ts";

const key = "user-1";
const record = { accessToken: CANARY.accessToken, refreshToken: CANARY.refreshToken };
let inner: MemoryTokenStore;
let clock: FakeClock;

beforeEach(() => {
  inner = new MemoryTokenStore();
  clock = new FakeClock();
});

const open = (keys: EncryptionKeys | EncryptionKeySource): TokenStore =>
  encrypted(inner, { keys, clock });

function problemsOf(options: unknown, store: unknown = inner): string {
  try {
    encrypted(store as TokenStore, options as never);
  } catch (error) {
    expectNoCanary(error);
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    return (error as Error).message;
  }
  return "";
}

describe("a key", () => {
  // Its base64 has every character that base64url writes in another way.
  const bytes = Buffer.from("fbff".repeat(16), "hex");
  const shared = Buffer.concat([randomBytes(5), bytes, randomBytes(5)]);
  const forms: [string, Uint8Array | string][] = [
    ["bytes", new Uint8Array(bytes)],
    ["a part of a Buffer", shared.subarray(5, 37)],
    ["base64", bytes.toString("base64")],
    ["base64 with the line break of a file", `${bytes.toString("base64")}\n`],
    ["base64url", bytes.toString("base64url")],
    ["hexadecimal text", bytes.toString("hex")],
    ["upper-case hexadecimal text", bytes.toString("hex").toUpperCase()],
  ];
  it.each(forms)("may be %s", async (_form, form) => {
    await open({ id: "a", key: bytes }).compareAndSet(key, undefined, record);
    expect((await open({ id: "a", key: form }).get(key))?.token).toEqual(record);
  });

  it("is copied: the caller may wipe its bytes", async () => {
    const own = new Uint8Array(bytes);
    const store = open({ id: "a", key: own });
    own.fill(0);
    await store.compareAndSet(key, undefined, record);
    expect((await open({ id: "a", key: bytes }).get(key))?.token).toEqual(record);
  });

  const wrong: [string, unknown][] = [
    ["too few bytes", randomBytes(31)],
    ["too many bytes", randomBytes(33)],
    ["a passphrase", CANARY.clientSecret],
    ["31 bytes of base64", randomBytes(31).toString("base64")],
    ["33 bytes of base64", randomBytes(33).toString("base64")],
    ["too little hexadecimal text", randomBytes(31).toString("hex")],
    ["32 numbers", [...bytes]],
    ["a variable that is not set", undefined],
    ["nothing", null],
    ["an empty text", ""],
  ];
  it.each(wrong)("of %s is refused, with the command that makes one", (_form, form) => {
    const problems = problemsOf({ keys: [makeKey("a"), { id: "b", key: form }] });
    expect(problems).toMatch(/keys\[1\]\.key must be 32 bytes.*openssl rand -base64 32/);
  });

  it.each(["", " ", 5, undefined, "a".repeat(101), "a\nb"])("named %j is refused", (id) => {
    const problems = problemsOf({ keys: { ...makeKey("a"), id } });
    expect(problems).toMatch(/keys\.id must be a name/);
  });
});

it("options that cannot work are refused, each with a sentence", () => {
  const key1 = makeKey("a");
  expect(problemsOf({ keys: [] })).toMatch(/keys must have at least one key/);
  expect(problemsOf({ keys: [key1, makeKey("a")] })).toMatch(/different id for each key/);
  expect(problemsOf({})).toMatch(/keys must be \{ id, key \}/);
  expect(problemsOf({ keys: CANARY.clientSecret })).toMatch(/keys must be \{ id, key \}/);
  expect(problemsOf({ keys: { ...key1, secret: 1 } })).toMatch(/keys\.secret is not an option/);
  expect(problemsOf({ key: key1 })).toMatch(/key is not an option; did you mean keys\?/);
  expect(problemsOf({ keys: key1, allowPlain: "yes" })).toMatch(/allowPlain must be true or false/);
  expect(problemsOf({ keys: key1 }, {})).toMatch(/store must be a TokenStore; it has no get\(\)/);
  expect(problemsOf(undefined)).toMatch(/options must be an object/);
});

it("options are not taken from a polluted Object.prototype", async () => {
  await inner.compareAndSet(key, undefined, record);
  await polluted({ allowPlain: true, encrypted: "evil", endsAt: "2000-01-01" }, async () => {
    const store = open(makeKey("a"));
    expect(await thrown(store.get(key))).toMatchObject({ code: "RECORD_UNREADABLE" });
    const version = await store.compareAndSet("user-2", undefined, record);
    expect(Object.keys((await inner.get("user-2"))?.token ?? {})).toEqual(["encrypted"]);
    expect(await store.get("user-2")).toEqual({ token: record, version });
  });
});

describe("a function that gives the keys", () => {
  const [first, second] = [makeKey("first"), makeKey("second")];
  let asked: number;
  let answer: () => EncryptionKeys | Promise<EncryptionKeys>;
  let store: TokenStore;
  beforeEach(() => {
    asked = 0;
    answer = () => first;
    store = open(async () => {
      asked += 1;
      return answer();
    });
  });

  /** Another process, which has more keys, writes a record. */
  const writeElsewhere = (with_: EncryptionKey, at: string) =>
    open(with_).compareAndSet(at, undefined, record);

  it("is called at the first read or write, once for calls at the same time", async () => {
    expect(asked).toBe(0);
    await Promise.all([
      store.compareAndSet(key, undefined, record),
      store.compareAndSet("user-2", undefined, record),
    ]);
    clock.advance(599_000);
    expect((await store.get(key))?.token).toEqual(record);
    expect(asked).toBe(1);
  });

  it("is called in the background after 10 minutes, and a failure changes nothing", async () => {
    await store.compareAndSet(key, undefined, record);
    clock.advance(601_000);
    answer = () => Promise.reject(new Error(CANARY.clientSecret));
    expect((await store.get(key))?.token).toEqual(record);
    await turns();
    answer = () => new Promise(() => undefined);
    expect((await store.get(key))?.token).toEqual(record);
    clock.advance(10_000);
    await turns();
    answer = () => [second, first];
    expect((await store.get(key))?.token).toEqual(record);
    const written = () => open(second).get("user-2");
    // WebCrypto imports the new key on another thread, and a busy machine takes long for it.
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await turns();
      await store.delete("user-2");
      await store.compareAndSet("user-2", undefined, record);
      if (await written().catch(() => undefined)) break;
    }
    expect((await written())?.token).toEqual(record);
    expect(asked).toBe(4);
  });

  it("is called in the background if the clock was set back", async () => {
    await store.compareAndSet(key, undefined, record);
    clock.advance(-3_600_000);
    await store.get(key);
    expect(asked).toBe(2);
  });

  it("is called again for a record with a key that it did not return, at most every 10 seconds", async () => {
    await store.compareAndSet(key, undefined, record);
    await writeElsewhere(second, "user-2");
    clock.advance(9_000);
    expect(await thrown(store.get("user-2"))).toMatchObject({ code: "RECORD_UNREADABLE" });
    expect(asked).toBe(1);
    clock.advance(2_000);
    expect(await thrown(store.get("user-2"))).toMatchObject({ code: "RECORD_UNREADABLE" });
    expect(asked).toBe(2);
    answer = () => [second, first];
    clock.advance(11_000);
    expect((await store.get("user-2"))?.token).toEqual(record);
    expect(asked).toBe(3);
  });

  it("that fails is a retryable error without its message, and is called again by the next call", async () => {
    answer = () => Promise.reject(new TypeError(`bad key: ${CANARY.clientSecret}`));
    const failed = [
      store.compareAndSet(key, undefined, record),
      store.check(),
      writeElsewhere(second, key).then(() => store.get(key)),
    ];
    for (const work of failed) {
      const error = await thrown(work);
      expectNoCanary(error);
      expect(error).toMatchObject({ code: "STORE_FAILED", retryable: true });
      expect(error.message).toMatch(/The function keys threw TypeError, so no token was read/);
    }
    answer = () => [first, second];
    expect((await store.get(key))?.token).toEqual(record);
  });

  it("that fails while a record has an unknown key is retryable: the key may exist", async () => {
    await store.compareAndSet(key, undefined, record);
    await writeElsewhere(second, "user-2");
    clock.advance(11_000);
    answer = () => Promise.reject(new Error());
    for (let count = 0; count < 2; count += 1) {
      expect(await thrown(store.get("user-2"))).toMatchObject({
        code: "STORE_FAILED",
        retryable: true,
      });
    }
    expect((await store.get(key))?.token).toEqual(record);
  });

  it("that hangs fails after 10 seconds", async () => {
    answer = () => new Promise(() => undefined);
    const after = jest.spyOn(clock, "after");
    const work = thrown(store.check());
    await turns();
    // Until then the process lives.
    expect(after.mock.calls as unknown[]).toContainEqual([10_000, expect.any(Function), true]);
    clock.advance(10_000);
    expect((await work).message).toMatch(/The function keys took longer than 10000 ms/);
  });

  it("that returns something else is told what to return", async () => {
    answer = () => ({ id: "a", key: CANARY.clientSecret });
    const error = await thrown(store.check());
    expectNoCanary(error);
    expect(error.code).toBe("CONFIGURATION_INVALID");
    expect(error.message).toMatch(/What keys\(\) returned.*\n.*keys\(\)\.key must be 32 bytes/);
  });
});
