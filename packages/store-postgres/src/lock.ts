import type { StoreLock } from "@grantkit/core/requests";
import type { Database } from "./database.ts";
import { encodeKey } from "./encoded-text.ts";
import type { Statements } from "./statements.ts";

/** The lock of a key: a lease in its row. */
export function lockOf(database: Database, sql: Statements, text: string): StoreLock {
  const { key, rest } = encodeKey(text);
  const has = async (statement: string, ...parameters: (string | null)[]): Promise<boolean> =>
    (await database.ask(statement, [key, ...parameters])).length > 0;
  return {
    acquire: (owner, holdMs) => has(sql.acquire, rest, owner, String(holdMs)),
    extend: (owner, holdMs) => has(sql.extend, owner, String(holdMs)),
    isHeld: (owner) => has(sql.isHeld, owner),
    async release(owner) {
      const [row] = await database.ask(sql.release, [key, owner]);
      if (row?.["content"] === "nothing") await database.ask(sql.tidy, [key]);
    },
  };
}
