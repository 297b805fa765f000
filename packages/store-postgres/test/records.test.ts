import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { inspect } from "node:util";
import type { TokenStore } from "@grantkit/core";
import { PostgresTokenStore } from "@grantkit/store-postgres";

const db = new PGlite();
let statements: { readonly sql: string; readonly parameters: (string | null)[] }[] = [];
const store = new PostgresTokenStore({
  query(sql, parameters) {
    statements.push({ sql, parameters });
    return db.query<object>(sql, parameters);
  },
});
beforeAll(() => store.migrate());
beforeEach(async () => {
  await db.query("DELETE FROM grantkit_tokens");
  statements = [];
});
afterAll(() => db.close());

async function listAll(prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.keys({ prefix, limit: 2, cursor });
    keys.push(...page.keys);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return keys;
}

describe("keys()", () => {
  it("lists the empty key", async () => {
    for (const key of ["", "a", "b"])
      await store.compareAndSet(key, undefined, { accessToken: "at" });
    expect(await listAll("")).toEqual(["", "a", "b"]);
  });

  it("compares prefixes by UTF-16 code units, as startsWith() does", async () => {
    const parts = [
      "\ud83d",
      "\ude00",
      "\ud83d\ude00",
      "\\",
      "\\u005c",
      "\\u",
      "\u0000",
      "\u007f",
      "é",
      "'",
    ];
    const keys = parts.flatMap((one) => parts.map((other) => `k${one}${other}`));
    const all = [...new Set(keys)];
    for (const key of all) await store.compareAndSet(key, undefined, { accessToken: "at" });
    for (const prefix of ["k", ...all, ...parts.map((part) => `k${part}`)]) {
      const expected = all.filter((key) => key.startsWith(prefix));
      expect((await listAll(prefix)).toSorted()).toEqual(expected.toSorted());
    }
  });

  it("lists keys that are longer than an index entry, and that differ only at the end", async () => {
    const random = Array.from({ length: 4000 }, (_, index) =>
      ((index * 7919) % 36).toString(36),
    ).join("");
    const long = ["a", "b", "c"].map((end) => `${random}${end}`);
    const all = [...long, random, random.slice(0, 500), random.slice(0, 501), `${random}ab`];
    for (const key of all) await store.compareAndSet(key, undefined, { accessToken: "at" });
    for (const prefix of [random, `${random}a`, random.slice(0, 499), random.slice(0, 501)]) {
      const expected = all.filter((key) => key.startsWith(prefix));
      expect((await listAll(prefix)).toSorted()).toEqual(expected.toSorted());
    }
  });

  it("reads only what it lists, by the index", async () => {
    await db.exec(`INSERT INTO grantkit_tokens (key, version, format, record)
      SELECT 'user-' || n || '/x', 'v', 1, '{}' FROM generate_series(1, 20000) AS n; ANALYZE grantkit_tokens`);
    expect((await store.keys({ prefix: "user-777/" })).keys).toEqual(["user-777/x"]);
    const { sql, parameters } = statements.at(-1) ?? { sql: "", parameters: [] };
    const plan = JSON.stringify(
      (await db.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters)).rows,
    );
    expect(plan).toMatch(/"Node Type":"Index (Only )?Scan"/);
    expect(plan).toContain('"Actual Rows":1');
    expect(plan).not.toMatch(/"Rows Removed by [\w ]+":[1-9]/);
  });

  it("refuses a text that is not a cursor", async () => {
    await expect(store.keys({ cursor: "\u0000" })).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("cursor of a page"),
    });
    expect(statements).toEqual([]);
  });
});

describe("a record", () => {
  it("is ASCII in the table, so that a database of any encoding holds it", async () => {
    const token = { accessToken: "at", raw: { text: "\u0000 é 😀 \ud83d" } };
    await store.compareAndSet("ключ 😀", undefined, token);
    expect((await store.get("ключ 😀"))?.token).toEqual(token);
    const { rows } = await db.query<object>("SELECT * FROM grantkit_tokens");
    expect(JSON.stringify(rows)).toMatch(/^[\u0020-\u007e]+$/);
  });

  it("is deleted without a trace", async () => {
    await store.compareAndSet("k", undefined, { accessToken: "at" });
    await store.delete("k");
    expect((await db.query("SELECT FROM grantkit_tokens")).rows).toEqual([]);
    await store.withLock("k", { waitMs: 0, holdMs: 1000 }, async () => {
      await store.compareAndSet("k", undefined, { accessToken: "at" });
      await store.delete("k");
    });
    await store.withLock("k", { waitMs: 0, holdMs: 1000 }, () => Promise.resolve());
    expect((await db.query("SELECT FROM grantkit_tokens")).rows).toEqual([]);
  });

  it.each([
    ["is cut off", `record = left(record, 20)`, /is damaged/],
    ["is empty", `record = ''`, /is damaged/],
    ["is null", `record = 'null'`, /is damaged/],
    ["is a list", `record = '[]'`, /is damaged/],
    ["has no version", `version = NULL`, /is damaged/],
    ["has no format", `format = NULL`, /is damaged/],
    ["has another format", `format = 2`, /another version of @grantkit\/store-postgres/],
  ])("that %s is an error which names the key, and it is kept", async (_name, damage, message) => {
    const token = { accessToken: "at-canary-1", refreshToken: "rt-canary-1" };
    await store.compareAndSet("user-1", undefined, token);
    await db.query(`UPDATE grantkit_tokens SET ${damage}`);
    const before = (await db.query("SELECT * FROM grantkit_tokens")).rows;
    const error: unknown = await store.get("user-1").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "RECORD_UNREADABLE", retryable: false });
    expect((error as Error).message).toMatch(/^The record of the key "user-1" .* left as it is/);
    expect((error as Error).message).toMatch(message);
    expect(inspect(error)).not.toContain("canary");
    expect(await store.compareAndSet("user-1", undefined, token)).toBeUndefined();
    expect((await db.query("SELECT * FROM grantkit_tokens")).rows).toEqual(before);
    expect((await store.keys()).keys).toEqual(["user-1"]);
    expect(await store.delete("user-1")).toBe(true);
    expect(await store.get("user-1")).toBeUndefined();
  });
});

describe("an error of the database", () => {
  class DriverError extends Error {
    constructor(fields: object) {
      super("postgres://user:pw-canary@host/db at-canary");
      Object.assign(this, fields);
    }
  }
  const failing = (fields: object): TokenStore =>
    new PostgresTokenStore({ query: () => Promise.reject(new DriverError(fields)) });

  it.each<[string, object, string, boolean]>([
    [
      "of Drizzle",
      { cause: new DriverError({ code: "42P01" }) },
      "(42P01). The table does not",
      false,
    ],
    ["of Prisma", { code: "P2010", meta: { code: "42501" } }, "(42501). The user lacks", false],
    ["of Prisma without a server", { code: "P1001" }, "(P1001). Look whether", true],
    ["of a socket", { code: "EPIPE" }, "(EPIPE). Look whether", true],
    ["of postgres.js", { code: "CONNECTION_CLOSED" }, "(CONNECTION_CLOSED). Look", true],
    ["of PgBouncer with prepared statements", { code: "26000" }, "(26000). Switch off", false],
    ["of a transaction", { code: "25P02" }, "(25P02). Pass a query function of the pool", false],
    ["without a code", {}, "(no answer). Look whether", true],
    ["with a code that is no code", { code: "pw-canary" }, "(no answer). Look whether", true],
  ])("%s becomes STORE_FAILED without its message", async (_name, fields, part, retryable) => {
    const error: unknown = await failing(fields)
      .check()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "STORE_FAILED", retryable });
    expect((error as Error).message).toContain(part);
    expect(inspect(error)).not.toContain("canary");
  });
});
