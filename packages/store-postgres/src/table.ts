import { ConfigurationError } from "@grantkit/core";
import {
  must,
  optionProblems,
  type OptionRule,
  type OptionRules,
  ownOptions,
} from "@grantkit/core/requests";

/** Which table the tokens are in. */
export interface PostgresTableOptions {
  /**
   * The table's name, with its schema or without: letters, digits and `_`, for example `auth.tokens`. It is quoted, so upper
   * and lower case differ. @defaultValue `"grantkit_tokens"`
   */
  readonly table?: string;
}

const DEFAULT_TABLE = "grantkit_tokens";
const NAME = /^(?:[a-z_]\w{0,62}\.)?[a-z_]\w{0,62}$/i;

/** The rule of the option `table`. */
export const mustBeTable: OptionRule = must(
  'be the name of a table of letters, digits and "_", with its schema or without, for example "auth.tokens"',
  (value) => typeof value === "string" && NAME.test(value),
);

const RULES: OptionRules<PostgresTableOptions> = { table: mustBeTable };

/** Quotes the name of a table that was checked. */
export function quoteTable(table: string = DEFAULT_TABLE): string {
  return table
    .split(".")
    .map((name) => `"${name}"`)
    .join(".");
}

/**
 * Writes the SQL that makes the table of a `PostgresTokenStore`: one statement, which does nothing where the table exists.
 *
 * The user of the store needs the rights to select, insert, update and delete on the table.
 *
 * @param options - Which table; the same as for the store.
 * @throws ConfigurationError for a name that cannot be used.
 * @example
 * ```ts
 * import { postgresMigration } from "@grantkit/store-postgres";
 *
 * console.log(postgresMigration({ table: "auth.tokens" }));
 * ```
 */
export function postgresMigration(options: PostgresTableOptions = {}): string {
  const problems = optionProblems(options, RULES);
  if (problems.length > 0) throw new ConfigurationError("postgresMigration()", problems);
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(ownOptions(options).table)} (
  key text COLLATE "C" PRIMARY KEY,
  key_rest text,
  version text,
  format smallint,
  record text,
  ends_at timestamptz,
  updated_at timestamptz,
  lease_owner text,
  lease_until timestamptz
);
`;
}
