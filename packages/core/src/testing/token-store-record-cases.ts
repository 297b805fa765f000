import type { TokenRecord } from "../tokens/token-record.ts";
import { expectThat, type StoreCases } from "./store-case.ts";

/** Keys that break a store which makes a path, a query or an object of them. */
const STRANGE_KEYS = [
  "__proto__",
  "constructor",
  "a\u0000b",
  "a\u0000c",
  "../../etc/passwd",
  "%2e%2e%2f",
  "'; DROP TABLE tokens; --",
  "*",
  "{a}:b",
  "\u00e9",
  "e\u0301",
  "line\nbreak\r",
  " ",
  "\u{1f511}",
  "Case",
  "case",
  "k".repeat(10_240),
  `${"k".repeat(10_240)}+`,
  `+${"k".repeat(10_240)}`,
];

function record(name: string): TokenRecord {
  return {
    accessToken: `at-${name}`,
    refreshToken: `rt-${name}`,
    scope: ["read", "write"],
    raw: { nested: { list: [1, null, "\u00e9\u0000\u{1f511}"] } },
  };
}

/** JSON with its fields in one order: a store may have another. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function isRecord(found: { readonly token: TokenRecord } | undefined, name: string): boolean {
  return canonical(found?.token) === canonical(record(name));
}

export const recordCases: StoreCases = {
  "check() resolves for a store that can work": ({ store }) => store.check(),
  "get() gives undefined where nothing was written": async ({ store, key }) => {
    expectThat((await store.get(key)) === undefined, "get() of an unknown key is undefined");
  },
  "what was written comes back without loss, by another way too": async ({ store, peer, key }) => {
    const version = await store.compareAndSet(key, undefined, record("1"));
    expectThat(typeof version === "string", "compareAndSet() gives the new version, a string");
    for (const way of [store, peer]) {
      const found = await way.get(key);
      expectThat(isRecord(found, "1"), "get() gives the record that was written");
      expectThat(found?.version === version, "get() gives the version that compareAndSet() gave");
    }
  },
  "a record is a copy: who wrote or read it can change theirs and not the store's": async ({
    store,
    key,
  }) => {
    const list = [1];
    await store.compareAndSet(key, undefined, { ...record("1"), raw: { list } });
    list.push(2);
    const listOf = async (): Promise<number[]> =>
      ((await store.get(key))?.token.raw?.["list"] ?? []) as number[];
    (await listOf()).push(3);
    expectThat((await listOf()).length === 1, "the store keeps a copy of its own");
  },
  "compareAndSet() writes over the version that it expects, and gives a new one": async ({
    store,
    key,
  }) => {
    const first = await store.compareAndSet(key, undefined, record("1"));
    const second = await store.compareAndSet(key, first, record("2"));
    expectThat(second !== undefined && second !== first, "each write has a version of its own");
    expectThat(isRecord(await store.get(key), "2"), "the second write is there");
  },
  "compareAndSet() writes nothing over another version": async ({ store, peer, key }) => {
    const first = await store.compareAndSet(key, undefined, record("1"));
    const second = await peer.compareAndSet(key, first, record("2"));
    for (const expected of [first, undefined, "no such version"]) {
      const refused = await store.compareAndSet(key, expected, record("3"));
      expectThat(refused === undefined, "a write that expects another version is refused");
    }
    const found = await store.get(key);
    expectThat(found?.version === second, "a refused write leaves the version as it was");
    expectThat(isRecord(found, "2"), "a refused write leaves the record as it was");
  },
  "compareAndSet() that expects a version writes nothing where there is nothing": async ({
    store,
    key,
  }) => {
    const refused = await store.compareAndSet(key, "1", record("1"));
    expectThat(refused === undefined, "a write that expects a version needs one to be there");
    expectThat((await store.get(key)) === undefined, "a refused write leaves nothing behind");
  },
  "of many writers that expect the same, one is first": async ({ store, peer, key }) => {
    let expected: string | undefined;
    for (const round of ["a", "b"]) {
      const before = expected;
      const versions = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 ? store : peer).compareAndSet(key, before, record(`${round}${index}`)),
        ),
      );
      const winners = versions.filter((version) => version !== undefined);
      expectThat(winners.length === 1, "exactly one of 20 writers at once is first");
      const found = await store.get(key);
      expectThat(
        found?.version === winners[0],
        "the write that was reported as successful is in the store",
      );
      expectThat(
        isRecord(found, `${round}${versions.indexOf(winners[0])}`),
        "nobody else's record is there",
      );
      expected = winners[0];
    }
  },
  "delete() deletes, and says whether there was something": async ({ store, peer, key }) => {
    expectThat(!(await store.delete(key)), "delete() of nothing is false");
    await store.compareAndSet(key, undefined, record("1"));
    expectThat(await peer.delete(key), "delete() of a record is true");
    expectThat((await store.get(key)) === undefined, "a deleted record is gone");
    expectThat(!(await store.delete(key)), "delete() of what is gone is false");
  },
  "delete() of a version deletes no other": async ({ store, key }) => {
    const first = await store.compareAndSet(key, undefined, record("1"));
    const second = await store.compareAndSet(key, first, record("2"));
    expectThat(!(await store.delete(key, first)), "delete() of an old version is false");
    expectThat((await store.get(key))?.version === second, "the newer version stays");
    expectThat(await store.delete(key, second), "delete() of the current version is true");
  },
  "a version never comes again, not after a delete either": async ({ store, key }) => {
    const versions: (string | undefined)[] = [];
    for (let round = 0; round < 5; round += 1) {
      const first = await store.compareAndSet(key, undefined, record("1"));
      versions.push(first, await store.compareAndSet(key, first, record("2")));
      await store.delete(key);
      const late = await store.compareAndSet(key, versions.at(-1), record("late"));
      expectThat(late === undefined, "a write that began before a delete fails after it");
    }
    expectThat(!versions.includes(undefined), "a deleted key can be written again");
    await store.compareAndSet(key, undefined, record("1"));
    for (const version of versions) {
      const late = await store.compareAndSet(key, version, record("late"));
      expectThat(late === undefined, "a write that began before a delete fails for good");
    }
    expectThat(new Set(versions).size === versions.length, "each write has its own version");
  },
  "keys of any content are kept apart": async ({ store, key }) => {
    const keys = STRANGE_KEYS.flatMap((strange) => [`${strange}${key}`, `${key}${strange}`]);
    for (const [index, each] of keys.entries()) {
      expectThat((await store.get(each)) === undefined, `strange key ${index} is nobody else's`);
      const version = await store.compareAndSet(each, undefined, record(`k${index}`));
      expectThat(version !== undefined, `strange key ${index} can be written`);
    }
    for (const [index, each] of keys.entries()) {
      const found = await store.get(each);
      expectThat(isRecord(found, `k${index}`), `strange key ${index} has its own record`);
      expectThat(await store.delete(each), `strange key ${index} can be deleted`);
    }
    // As it is, too: on a name that is special as a whole, nothing may be in front.
    await store.delete("__proto__");
    expectThat((await store.get("__proto__")) === undefined, "__proto__ is a key like others");
    const version = await store.compareAndSet("__proto__", undefined, record("p"));
    expectThat(version !== undefined, "__proto__ can be written");
    expectThat(await store.delete("__proto__", version), "__proto__ can be deleted");
  },
  "close() can be called twice": async ({ store }) => {
    await store.close();
    await store.close();
  },
};
