import { ConfigurationError } from "../errors/configuration-error.ts";
import { must, optionProblems, type OptionRules } from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";

/** Which keys of a token store to list. */
export interface KeyQuery {
  /** Lists only keys that begin with this text. It is no pattern: `*` and `%` mean themselves. */
  readonly prefix?: string;
  /** The most keys of a page, from 1 to 1000; a page may have fewer. @defaultValue `100` */
  readonly limit?: number;
  /** The `cursor` of the page before; leave it out for the first page. */
  readonly cursor?: string | undefined;
}

/** A page of a token store's keys. */
export interface KeyPage {
  /** The keys, in no promised order. */
  readonly keys: readonly string[];
  /** Where the next page begins; undefined on the last page. A page may have a cursor and no keys. */
  readonly cursor?: string | undefined;
}

const MOST_KEYS = 1000;
const RULES: OptionRules<KeyQuery> = {
  prefix: must("be a string", (value) => typeof value === "string"),
  limit: must(
    `be a whole number from 1 to ${MOST_KEYS}`,
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_KEYS,
  ),
  cursor: must("be the cursor of a page", (value) => typeof value === "string"),
};

/**
 * Checks which keys are asked for, and fills in the defaults; for stores.
 *
 * @throws ConfigurationError.
 */
export function readKeyQuery(query: KeyQuery = {}): Required<KeyQuery> {
  const problems = optionProblems(query, RULES);
  if (problems.length > 0) throw new ConfigurationError("keys()", problems);
  const { prefix = "", limit = 100, cursor } = ownOptions(query);
  return { prefix, limit, cursor };
}

/**
 * Makes a page of the keys of a store that can list them all; for stores. The order is that of `<`, and a cursor is the last
 * key of its page, so that writes between two pages neither hide a key nor repeat one.
 *
 * @throws ConfigurationError for a query that cannot be used.
 */
export function pageOfKeys(all: Iterable<string>, query?: KeyQuery): KeyPage {
  const { prefix, limit, cursor } = readKeyQuery(query);
  const left = [...all]
    .filter((key) => key.startsWith(prefix) && (cursor === undefined || key > cursor))
    .toSorted((a, b) => (a < b ? -1 : 1));
  const keys = left.slice(0, limit);
  return left.length > limit ? { keys, cursor: keys.at(-1) } : { keys };
}
