import { beforeEach, expect, it } from "@jest/globals";
import { encrypted, type EncryptionKey, type TokenRecord } from "@grantkit/core";
import { makeKey } from "./support/encryption-keys.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { WatchedStore } from "./support/watched-store.ts";

const [earlier, current] = [makeKey("2025-03"), makeKey("2026-11")];
const running = closedAfterAll();
let inner: WatchedStore;
let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
  inner = new WatchedStore({ clock });
});

const open = (...keys: readonly EncryptionKey[]) => encrypted(inner, { keys, clock });
const record = (name: string): TokenRecord => ({ accessToken: `at-${name}` });

/** The name of the key that a record was encrypted with. */
async function keyOf(key: string): Promise<string> {
  const found = await inner.get(key);
  const { encrypted: text = "" } = (found?.token ?? {}) as { encrypted?: string };
  return (JSON.parse(atob(text.split(".")[0] ?? "")) as { kid: string }).kid;
}

it("a record is read with its earlier key, and written with the current one", async () => {
  const version = await open(earlier).compareAndSet("a", undefined, record("1"));
  const store = open(current, earlier);
  await store.check();
  expect((await store.get("a"))?.token).toEqual(record("1"));
  expect(await keyOf("a")).toBe(earlier.id);
  await store.compareAndSet("a", version, record("2"));
  expect(await keyOf("a")).toBe(current.id);
  expect((await open(current).get("a"))?.token).toEqual(record("2"));
});

it("reencrypt() goes through every page, and leaves what it cannot read as it is", async () => {
  const names = Array.from({ length: 250 }, (_, index) => `user-${index}`);
  for (const name of names) await open(earlier).compareAndSet(name, undefined, record(name));
  await open(makeKey("lost")).compareAndSet("lost", undefined, record("lost"));
  await open(current).compareAndSet("new", undefined, record("new"));
  const { version } = (await inner.get("new")) ?? {};
  expect(await open(current, earlier).reencrypt()).toEqual({
    rewritten: 250,
    unreadable: ["lost"],
  });
  const store = open(current);
  for (const name of [...names, "new"]) {
    expect((await store.get(name))?.token).toEqual(record(name));
  }
  expect((await inner.get("new"))?.version).toBe(version);
  expect(await keyOf("lost")).toBe("lost");
});

it("reencrypt() overwrites no newer token, and brings no deleted one back", async () => {
  for (const name of ["a", "b"]) await open(earlier).compareAndSet(name, undefined, record("1"));
  const store = open(current, earlier);
  const { version } = (await inner.get("a")) ?? {};
  const get = inner.get.bind(inner);
  inner.get = async (name) => {
    const found = await get(name);
    inner.get = get;
    await open(earlier).compareAndSet("a", version, record("2"));
    await inner.delete("b");
    return found;
  };
  expect(await store.reencrypt()).toEqual({ rewritten: 0, unreadable: [] });
  expect((await store.get("a"))?.token).toEqual(record("2"));
  expect(await store.get("b")).toBeUndefined();
  expect(await store.reencrypt()).toEqual({ rewritten: 1, unreadable: [] });
});

it("reencrypt() throws what the store throws, and goes on where it was", async () => {
  for (const name of ["a", "b"]) await open(earlier).compareAndSet(name, undefined, record("1"));
  let writes = 0;
  inner.beforeSet = () => {
    writes += 1;
    if (writes === 2) throw new Error("the store is down");
  };
  const store = open(current, earlier);
  expect((await thrown(store.reencrypt())).message).toBe("the store is down");
  expect(await store.reencrypt()).toEqual({ rewritten: 1, unreadable: [] });
});

it("a session keeps a refreshed token that it could not save while another process re-encrypts", async () => {
  const example = await running(ExampleProvider.start());
  example.rotate("rt-old");
  const store = open(current, earlier);
  await open(earlier).compareAndSet("a", undefined, example.expiring(clock, -1).toJSON());
  const session = await example.client({ clock }).storedSession({ store, key: "a" });
  inner.beforeSet = () => {
    throw new Error("the store is down");
  };
  expect(await thrown(session.refresh())).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
  inner.beforeSet = () => undefined;
  expect(await open(current, earlier).reencrypt()).toMatchObject({ rewritten: 1 });
  clock.advance(120_000);
  expect((await session.get("/me")).status).toBe(200);
  expect((await store.get("a"))?.token).toMatchObject({
    accessToken: "at-rotated-1",
    refreshToken: "rt-rotated-1",
  });
  expect(example.tokenRequests).toHaveLength(1);
});
