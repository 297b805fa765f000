import { isOAuthError } from "../errors/oauth-error.ts";
import type { KeyPage, KeyQuery } from "../tokens/store-keys.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import { expectThat, type StoreCases } from "./store-case.ts";

const record = { accessToken: "at" };

async function writeAll(store: TokenStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.compareAndSet(key, undefined, record);
}

/** Lists every page; `between` runs after each but the last. */
async function list(
  store: TokenStore,
  query: KeyQuery,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const all: string[] = [];
  let page: KeyPage | undefined;
  for (let count = 0; !page || page.cursor !== undefined; count += 1) {
    expectThat(count < 10_000, "keys() comes to a last page");
    page = await store.keys(page ? { ...query, cursor: page.cursor } : query);
    expectThat(page.keys.length <= (query.limit ?? 100), "a page has at most `limit` keys");
    all.push(...page.keys);
    if (page.cursor !== undefined) await between();
  }
  return all;
}

function expectKeys(found: readonly string[], keys: readonly string[], promise: string): void {
  const [a, b] = [found, keys].map((each) => JSON.stringify([...each].toSorted()));
  expectThat(a === b, promise);
}

export const keyCases: StoreCases = {
  "keys() lists each key once, page by page, by another way too": async ({ store, peer, key }) => {
    const keys = Array.from({ length: 25 }, (_, index) => `${key}/${index}`);
    await writeAll(store, keys);
    for (const way of [store, peer]) {
      for (const limit of [1, 7, 25, 1000]) {
        const found = await list(way, { prefix: `${key}/`, limit });
        expectKeys(found, keys, `keys() lists each key once, in pages of ${limit}`);
      }
    }
    expectKeys(await list(store, { prefix: `${key}/` }), keys, "keys() has a limit of its own");
    const everything = new Set(await list(peer, {}));
    expectThat(
      keys.every((each) => everything.has(each)),
      "keys() without a prefix lists all keys",
    );
  },
  "the prefix of keys() is a text, not a pattern": async ({ store, key }) => {
    const strange = [
      "*",
      "%",
      "_",
      "?",
      "[a]",
      "\\",
      "{a}",
      "\u0000",
      "'",
      "\u00e9",
      "e\u0301",
      "A",
    ];
    const others = ["x", "a", "e", "", "/"];
    await writeAll(
      store,
      [...strange, ...others].map((each) => `${key}${each}`),
    );
    for (const each of strange) {
      const prefix = `${key}${each}`;
      const found = await list(store, { prefix, limit: 3 });
      expectKeys(found, [prefix], `the prefix ${JSON.stringify(each)} fits only itself`);
    }
    await writeAll(store, [`${key}a/1`, `${key}a/2`]);
    const found = await list(store, { prefix: `${key}a` });
    expectKeys(
      found,
      [`${key}a`, `${key}a/1`, `${key}a/2`],
      "a prefix fits longer keys, and itself",
    );
  },
  "keys() does not list a deleted key, and lists one that was written again once": async ({
    store,
    peer,
    key,
  }) => {
    const prefix = `${key}/`;
    await writeAll(store, [`${prefix}a`, `${prefix}b`, `${prefix}c`]);
    await store.delete(`${prefix}a`);
    await store.delete(`${prefix}b`);
    await peer.compareAndSet(`${prefix}b`, undefined, record);
    const found = await list(peer, { prefix });
    expectKeys(
      found,
      [`${prefix}b`, `${prefix}c`],
      "keys() lists what has a record, and only that",
    );
  },
  "keys() misses no key while others are written and deleted": async ({ store, peer, key }) => {
    const prefix = `${key}/`;
    const stay = Array.from({ length: 12 }, (_, index) => `${prefix}stay-${index}`);
    const go = Array.from({ length: 12 }, (_, index) => `${prefix}go-${index}`);
    await writeAll(store, [...stay, ...go]);
    let count = 0;
    const found = await list(store, { prefix, limit: 3 }, async () => {
      for (const each of go.splice(0, 2)) await peer.delete(each);
      await peer.compareAndSet(`${prefix}come-${count}`, undefined, record);
      count += 1;
    });
    expectKeys(
      found.filter((each) => stay.includes(each)),
      stay,
      "a key that has a record all the time is listed once",
    );
  },
  "keys() finds a key that was deleted and written at the same time": async ({
    store,
    peer,
    key,
  }) => {
    const prefix = `${key}/`;
    for (let round = 0; round < 20; round += 1) {
      const each = `${prefix}${round}`;
      await store.compareAndSet(each, undefined, record);
      await Promise.all([
        store.delete(each),
        (async () => {
          for (let tries = 0; tries < 100; tries += 1) {
            if (await peer.compareAndSet(each, undefined, record)) return;
          }
        })(),
      ]);
      const isThere = (await store.get(each)) !== undefined;
      const isListed = (await list(store, { prefix: each })).includes(each);
      expectThat(isThere === isListed, "keys() lists exactly what has a record");
      await store.delete(each);
    }
  },
  "keys() refuses what it cannot use, with CONFIGURATION_INVALID": async ({ store }) => {
    for (const query of [{ limit: 0 }, { limit: 1.5 }, { limit: 1001 }, { prefix: 1 }]) {
      const seen: unknown = await store.keys(query as KeyQuery).catch((error: unknown) => error);
      expectThat(
        isOAuthError(seen) && seen.code === "CONFIGURATION_INVALID",
        `keys(${JSON.stringify(query)}) is refused`,
      );
    }
  },
};
