// Takes some seconds: three servers start.
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { inspect } from "node:util";
import { doctor } from "@grantkit/core";
import { missingServer, type PostgresServer, startPostgres } from "@grantkit/store-faults";
import { postgresMigration, PostgresTokenStore } from "@grantkit/store-postgres";
import { Client, Pool } from "pg";
import { closing } from "./support/open-store.ts";

const OPTIONS = "options=";

(missingServer("postgres") ? describe.skip : describe)("PostgresTokenStore", () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  const opened: PostgresTokenStore[] = [];

  beforeAll(async () => {
    primary = await startPostgres({ config: { fsync: "on" } });
    await sql(
      postgresMigration(),
      "CREATE ROLE reader LOGIN PASSWORD 'pw-canary-1'",
      "GRANT SELECT ON grantkit_tokens TO reader",
    );
    standby = await startPostgres({ config: { fsync: "on" }, standbyOf: primary });
  });
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await standby.stop();
    await primary.stop();
  });

  async function sql(...statements: readonly string[]): Promise<void> {
    const client = new Client(primary.url);
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  function open(url: string, table?: string): PostgresTokenStore {
    const pool = new Pool({ connectionString: url });
    pool.on("error", () => undefined);
    const store = new PostgresTokenStore({
      query: (text, parameters) => pool.query(text, parameters),
      ...(table !== undefined && { table }),
    });
    opened.push(closing(store, () => pool.end()));
    return store;
  }

  /** The primary's address with other parts. */
  function address(changes: Readonly<Record<string, string>>): string {
    return Object.assign(new URL(primary.url), changes).href;
  }

  const reader = { username: "reader", password: "pw-canary-1" };

  describe("check() says what to do about", () => {
    it.each<[string, () => readonly [string, string?], RegExp, boolean]>([
      [
        "a missing table",
        () => [primary.url, "nowhere"],
        /^The token store in the table "nowhere" failed \(42P01\)\. .*postgresMigration\(\), or await store\.migrate\(\)\.$/,
        false,
      ],
      ["a missing schema", () => [primary.url, "nowhere.tokens"], /\(42P01\).*migrate/, false],
      [
        "a table of another version",
        () => [primary.url, "older"],
        /\(42703\).*this version/,
        false,
      ],
      [
        "a password that is wrong",
        () => [address({ password: "pw-canary-2" })],
        /\(28P01\).*password/,
        false,
      ],
      ["a user that does not exist", () => [address({ username: "nobody" })], /\(28/, false],
      [
        "a database that does not exist",
        () => [address({ pathname: "/nowhere" })],
        /\(3D000\)/,
        false,
      ],

      [
        "a server that does not run",
        () => [address({ port: "1" })],
        /\(ECONNREFUSED\).*server runs/,
        true,
      ],
      ["a standby", () => [standby.url], /\(25006\).*primary/, false],
      [
        "a read-only setting",
        () => [address({ search: `${OPTIONS}-c%20default_transaction_read_only=on` })],
        /\(25006\).*default_transaction_read_only/,
        false,
      ],
    ])("%s", async (_name, place, message, retryable) => {
      await sql('CREATE TABLE IF NOT EXISTS older ("key" text)');
      const store = open(...place());
      const error: unknown = await store.check().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "STORE_FAILED", retryable });
      expect((error as Error).message).toMatch(message);
      const shown = [inspect(error), JSON.stringify(error), (error as Error).stack].join();
      expect(shown).not.toMatch(/canary|127\.0\.0\.1|postgres:\/\//);
      expect(shown).not.toContain(primary.password);
      if (retryable) return;
      const write = store.compareAndSet("k", undefined, { accessToken: "at" });
      await expect(write).rejects.toThrow((error as Error).message);
    });

    it.each(["SELECT", "INSERT", "UPDATE", "DELETE"])("a missing right to %s", async (right) => {
      const others = ["SELECT", "INSERT", "UPDATE", "DELETE"].filter((each) => each !== right);
      const table = `without_${right}`;
      await sql(postgresMigration({ table }), `GRANT ${others.join()} ON "${table}" TO reader`);
      await expect(open(address(reader), table).check()).rejects.toThrow(/\(42501\).*GRANT SELECT/);
    });

    it("a server that does not answer", async () => {
      const silent = new PostgresTokenStore({ query: () => new Promise(() => undefined) });
      jest.useFakeTimers({ doNotFake: ["performance"] });
      try {
        const outcome = silent.check().catch((thrown: unknown) => thrown);
        await jest.advanceTimersByTimeAsync(10_001);
        expect(await outcome).toMatchObject({
          code: "STORE_FAILED",
          message: expect.stringMatching(/\(TIMEOUT\)/),
          retryable: true,
        });
      } finally {
        jest.useRealTimers();
      }
    });
  });

  describe("migrate()", () => {
    it("makes the table, in many processes at once and once more later", async () => {
      for (let round = 0; round < 5; round += 1) {
        const table = `made_${round}`;
        const stores = Array.from({ length: 8 }, () => open(primary.url, table));
        await Promise.all(stores.map((store) => store.migrate()));
        await stores[0]?.migrate();
        await stores[1]?.check();
      }
    });

    it("needs no right to make tables where the table is", async () => {
      await expect(open(address(reader)).migrate()).resolves.toBeUndefined();
      const store = open(address(reader), "not_mine");
      await expect(store.migrate()).rejects.toThrow(/\(42501\).*CREATE on its schema/);
    });

    it("says that the schema is missing", async () => {
      const store = open(primary.url, "nowhere.tokens");
      await expect(store.migrate()).rejects.toThrow(/\(3F000\).*create it/);
    });

    it("makes the table in a schema, with the name as it is written", async () => {
      await sql("CREATE SCHEMA auth");
      const store = open(primary.url, "auth.Tokens");
      await store.migrate();
      await store.compareAndSet("k", undefined, { accessToken: "at" });
      await sql('SELECT key FROM auth."Tokens"');
    });
  });

  describe("doctor() finds", () => {
    const found = async (url: string, table?: string): Promise<readonly string[]> =>
      (await doctor(open(url, table))).map(({ code, message }) => `${code}: ${message}`);

    it("nothing wrong with a sound server", async () => {
      expect(await found(primary.url)).toEqual([]);
    });

    it("that the server is a standby", async () => {
      expect((await found(standby.url)).join()).toMatch(/READ_FROM_REPLICA: .*primary/);
    });

    it("that a crash loses tokens", async () => {
      await sql("CREATE UNLOGGED TABLE unlogged (LIKE grantkit_tokens INCLUDING ALL)");
      const url = address({ search: `${OPTIONS}-c%20synchronous_commit=off` });
      expect(await found(url, "unlogged")).toEqual([
        expect.stringMatching(/^NO_PERSISTENCE: synchronous_commit is off.*ALTER ROLE/),
        expect.stringMatching(/^NO_PERSISTENCE: .*ALTER TABLE "unlogged" SET LOGGED$/),
      ]);
      const unsafe = await startPostgres();
      try {
        const store = open(unsafe.url);
        await store.migrate();
        expect(await found(unsafe.url)).toEqual([
          expect.stringMatching(/^NO_PERSISTENCE: fsync is off/),
        ]);
      } finally {
        await unsafe.stop();
      }
    });
  });
});
