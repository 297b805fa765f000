import type { StoreFinding, StoreInspection } from "@grantkit/core";
import { databaseFailed, type Failure, failureOf } from "./database-errors.ts";
import type { Database } from "./database.ts";
import type { Statements } from "./statements.ts";

const UNDEFINED_TABLE = "42P01";

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
  const failure = await failureAt(database, sql.columns);
  if (!failure) return;
  if (failure.state !== UNDEFINED_TABLE) throw databaseFailed(database.table, failure);
  const refusal = await failureAt(database, migration);
  // IF NOT EXISTS fails when another makes the same table at the same time; then the table is there.
  if (refusal && (await failureAt(database, sql.columns))) {
    throw databaseFailed(database.table, refusal);
  }
}

async function failureAt(database: Database, sql: string): Promise<Failure | undefined> {
  try {
    await database.send(sql);
    return undefined;
  } catch (error) {
    return failureOf(error);
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
