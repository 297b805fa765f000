import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryTokenStore } from "@grantkit/core";
import { FileTokenStore } from "@grantkit/store-file";
import { type SqliteDatabase, SqliteTokenStore } from "@grantkit/store-sqlite";
import type { StoreKind, StorePlace } from "./store-kind.ts";

/** {@link MemoryTokenStore}, and a `Map`. */
export const memory: StoreKind = {
  name: "memory",
  place: "memory",
  isShared: false,
  start: () => Promise.resolve({ at: "", stop: () => Promise.resolve() }),
  open() {
    const store = new MemoryTokenStore();
    const texts = new Map<string, string>();
    return Promise.resolve({
      store,
      write: (text) => Promise.resolve(texts.set("text", text)),
      read: () => Promise.resolve(texts.get("text") ?? ""),
      close: () => store.close(),
    });
  },
};

/** {@link FileTokenStore}, and `readFile`. */
export const file: StoreKind = {
  name: "file",
  place: "file",
  isShared: true,
  start: startFolder,
  open(at) {
    const store = new FileTokenStore({ directory: join(at, "tokens") });
    const path = join(at, "text.json");
    return Promise.resolve({
      store,
      write: (text) => writeFile(path, text),
      read: () => readFile(path, "utf8"),
      close: () => store.close(),
    });
  },
};

/** {@link SqliteTokenStore}, and a statement of the same driver on another connection. */
export const sqlite: StoreKind = {
  name: "sqlite",
  place: "sqlite",
  isShared: true,
  start: startFolder,
  async open(at) {
    const database = await openSqlite(join(at, "tokens.db"));
    const store = new SqliteTokenStore({ database });
    const bare = await openSqlite(join(at, "texts.db"));
    bare.exec("PRAGMA journal_mode = WAL");
    bare.exec("CREATE TABLE IF NOT EXISTS texts (id TEXT PRIMARY KEY, text TEXT)");
    const insert = bare.prepare("INSERT OR REPLACE INTO texts VALUES (?, ?) RETURNING id");
    const select = bare.prepare("SELECT text FROM texts WHERE id = ?");
    return {
      store,
      write: (text) => Promise.resolve(insert.all("text", text)),
      read() {
        const [row] = select.all("text") as { readonly text: string }[];
        return Promise.resolve(row?.text ?? "");
      },
      async close() {
        await store.close();
        database.close();
        bare.close();
      },
    };
  },
};

/** Opens a database by Node's own driver, or by better-sqlite3 where Node has none. */
async function openSqlite(path: string): Promise<SqliteDatabase & { close(): unknown }> {
  try {
    // Not known to the types of Node 20.
    const name = "node:sqlite";
    const { DatabaseSync } = (await import(name)) as {
      DatabaseSync: new (path: string) => SqliteDatabase & { close(): unknown };
    };
    return new DatabaseSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_UNKNOWN_BUILTIN_MODULE") throw error;
    const { default: Database } = await import("better-sqlite3");
    return new Database(path);
  }
}

async function startFolder(): Promise<StorePlace> {
  const at = await mkdtemp(join(tmpdir(), "grantkit-benchmarks-"));
  return { at, stop: () => rm(at, { recursive: true, force: true }) };
}
