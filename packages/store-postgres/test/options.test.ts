import { PGlite } from "@electric-sql/pglite";
import { afterAll, describe, expect, it } from "@jest/globals";
import {
  postgresMigration,
  PostgresTokenStore,
  type PostgresTokenStoreOptions,
} from "@grantkit/store-postgres";
import {
  optionalFields,
  polluted,
  readsFromPrototype,
} from "../../core/test/support/prototype-traps.ts";

const db = new PGlite();
afterAll(() => db.close());
const query = (sql: string, parameters: (string | null)[]) => db.query<object>(sql, parameters);

const NOT_TABLES = [
  "",
  'tokens"; DROP TABLE users; --',
  "tokens; --",
  "a.b.c",
  ".tokens",
  "auth.",
  "1tokens",
  "my tokens",
  "tokens\u0000",
  "tokens\n",
  "t".repeat(64),
  7,
  null,
];

describe("PostgresTokenStore", () => {
  it.each(NOT_TABLES.map((table) => [table]))("refuses the table %j", (table) => {
    const refused = expect.objectContaining({ code: "CONFIGURATION_INVALID" });
    const options = { query, table } as PostgresTokenStoreOptions;
    expect(() => new PostgresTokenStore(options)).toThrow(refused);
    expect(() => postgresMigration({ table } as { table: string })).toThrow(refused);
  });

  it.each<[object, RegExp]>([
    [{}, /query must be a function/],
    [{ query: "SELECT 1" }, /query must be a function/],
    [{ query, tabel: "t" }, /table/],
  ])("refuses the options %j", (options, message) => {
    expect(() => new PostgresTokenStore(options as never)).toThrow(message);
  });

  it("says how to call the driver when query is a method without its object", async () => {
    class Driver {
      readonly #db = db;
      query(sql: string, parameters: (string | null)[]) {
        return this.#db.query<object>(sql, parameters);
      }
    }
    const unbound = Reflect.get(new Driver(), "query") as PostgresTokenStoreOptions["query"];
    await expect(new PostgresTokenStore({ query: unbound }).check()).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("(sql, parameters) => pool.query(sql, parameters)"),
    });
  });

  it.each([[undefined], [null], [7], [{}], [{ rows: 1 }], ["rows"]])(
    "says what query must return when it returns %j",
    async (answer) => {
      const store = new PostgresTokenStore({ query: () => Promise.resolve(answer as never) });
      const refused = {
        code: "CONFIGURATION_INVALID",
        message: expect.stringMatching(/query must return/),
      };
      await expect(store.check()).rejects.toMatchObject(refused);
      await expect(store.get("k")).rejects.toMatchObject(refused);
      await expect(store.migrate()).rejects.toMatchObject(refused);
    },
  );

  it.each<object>([
    { limit: 0 },
    { limit: 1.5 },
    { olderThanMs: -1 },
    { olderThanMs: NaN },
    { older: 1 },
  ])("refuses to sweep with %j", async (options) => {
    const refused = { code: "CONFIGURATION_INVALID" };
    await expect(new PostgresTokenStore({ query }).sweep(options)).rejects.toMatchObject(refused);
  });

  it("takes no option from Object.prototype", async () => {
    const names = [
      ...optionalFields("store-postgres"),
      "rows",
      "format",
      "version",
      "record",
      "rest",
      "cause",
      "meta",
    ];
    const reads = await readsFromPrototype(names, async () => {
      const store = new PostgresTokenStore({ query });
      await store.migrate();
      const version = await store.compareAndSet("k", undefined, { accessToken: "at" });
      await store.get("k");
      await store.keys();
      await store.sweep();
      await store.delete("k", version);
      await new PostgresTokenStore({ query: () => Promise.reject(new Error("no")) })
        .check()
        .catch(() => undefined);
    });
    expect(names).toContain("table");
    expect(reads).toEqual([]);
    await polluted({ table: "elsewhere", limit: 0 }, async () => {
      expect(postgresMigration()).toContain('"grantkit_tokens"');
      await new PostgresTokenStore({ query }).check();
    });
  });
});
