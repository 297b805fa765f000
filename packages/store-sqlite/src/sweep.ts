import { ConfigurationError } from "@grantkit/core";
import { must, optionProblems, type OptionRules, ownOptions } from "@grantkit/core/requests";
import type { Connection } from "./connection.ts";
import { bothClocks } from "./lock-row.ts";
import type { Statements } from "./statements.ts";

/** What `SqliteTokenStore.sweep()` deletes. */
export interface SweepOptions {
  /** The most records of one call. @defaultValue `1000` */
  readonly limit?: number;
  /** For how long a record must have ended, in milliseconds. @defaultValue `86_400_000`, one day */
  readonly olderThanMs?: number;
}

const RULES: OptionRules<SweepOptions> = {
  limit: must(
    "be a whole number from 1 to 1000000",
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1e6,
  ),
  olderThanMs: must(
    "be a number of milliseconds, 0 or more",
    (value) => typeof value === "number" && value >= 0 && value <= 1e13,
  ),
};

/** After this time the locks of killed processes are swept, in milliseconds. */
const STALE = 3_600_000;

/**
 * Deletes records that have ended, and the locks of killed processes; how many records.
 *
 * @throws ConfigurationError for options that cannot be used.
 */
export async function sweep(
  connection: Connection,
  sql: Statements,
  options: SweepOptions,
): Promise<number> {
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) throw new ConfigurationError("sweep()", problems);
  const { limit = 1000, olderThanMs = 86_400_000 } = ownOptions(options);
  await connection.run(sql.sweepLocks, () => bothClocks().map((time) => time - STALE));
  const parameters = () => [Date.now() - olderThanMs, ...bothClocks(), limit];
  return (await connection.run(sql.sweep, parameters)).length;
}
