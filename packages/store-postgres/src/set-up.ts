import type { StoreFinding, StoreInspection } from "@grantkit/core";
import { databaseFailed, failureOf } from "./database-errors.ts";
import type { Database } from "./database.ts";
import type { Statements } from "./statements.ts";

const UNDEFINED_TABLE = "42P01";
/** What `IF NOT EXISTS` answers when another makes the same table at the same time. */
const MADE_BY_ANOTHER = ["23505", "42P07"];

/**
 * Makes the table unless it exists.
 *
 * @throws OAuthError with code `STORE_FAILED`.
 */
export async function migrate(
  database: Database,
  sql: Statements,
  migration: string,
): Promise<void> {
  try {
    await database.send(sql.columns);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.state !== UNDEFINED_TABLE) throw databaseFailed(database.table, failure);
    await database.send(migration).catch((thrown: unknown) => {
      const { state = "" } = failureOf(thrown);
      if (!MADE_BY_ANOTHER.includes(state)) throw databaseFailed(database.table, failureOf(thrown));
    });
    await database.ask(sql.columns, []);
  }
}

/** Asks the server for its time and for settings that lose tokens. */
export async function inspect(database: Database, sql: Statements): Promise<StoreInspection> {
  const [row = {}] = await database.ask(sql.settings, [database.table], 0);
  const findings: StoreFinding[] = [];
  const report = (code: StoreFinding["code"], message: string): void => {
    findings.push({ code, message, losesTokens: true });
  };
  if (row["replica"] === "true") {
    const message =
      "The server is a replica: it may be behind, and it takes no writes. Connect to the primary server.";
    report("READ_FROM_REPLICA", message);
  }
  if (row["fsync"] === "off") {
    const message =
      "fsync is off: a crash of the machine loses tokens. Set fsync = on in postgresql.conf.";
    report("NO_PERSISTENCE", message);
  }
  if (row["synchronous"] === "off") {
    const message =
      "synchronous_commit is off: a crash of the server loses the last tokens. Run: ALTER ROLE … SET synchronous_commit = on, for the store's user.";
    report("NO_PERSISTENCE", message);
  }
  if (row["persistence"] === "u") {
    const message = `The table ${database.table} is UNLOGGED: a crash of the server empties it. Run: ALTER TABLE ${database.table} SET LOGGED`;
    report("NO_PERSISTENCE", message);
  }
  return { now: Number(row["now"]), findings };
}
