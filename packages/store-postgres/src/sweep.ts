import { ConfigurationError } from "@grantkit/core";
import { must, optionProblems, type OptionRules, ownOptions } from "@grantkit/core/requests";
import type { Database } from "./database.ts";
import type { Statements } from "./statements.ts";

/** What `PostgresTokenStore.sweep()` deletes. */
export interface SweepOptions {
  /** The most rows of one call. @defaultValue `1000` */
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

/**
 * Deletes rows of records that have ended and of leases that nobody gave back; how many.
 *
 * @throws ConfigurationError for options that cannot be used.
 */
export async function sweep(
  database: Database,
  sql: Statements,
  options: SweepOptions,
): Promise<number> {
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) throw new ConfigurationError("sweep()", problems);
  const { limit = 1000, olderThanMs = 86_400_000 } = ownOptions(options);
  const [row] = await database.ask(sql.sweep, [String(olderThanMs), String(limit)]);
  return Number(row?.["count"]);
}
