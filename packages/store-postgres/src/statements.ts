/** The form of the records, for later versions. */
export const FORMAT = "1";

/** The SQL of a store. */
export type Statements = ReturnType<typeof statementsFor>;

/**
 * Writes the SQL of a store. Each statement stands for itself, because a pool may give each to another connection. Each may be
 * sent twice, because the answer to the first may be lost.
 *
 * Parameters are text with a cast, and so are results, with names of one small word: drivers differ in what they make of other
 * types, and some rename columns.
 *
 * @param table - The table's name, quoted.
 */
export function statementsFor(table: string) {
  const now = "clock_timestamp()";
  const after = (parameter: string): string =>
    `${now} + ${parameter}::text::float8 * interval '1 millisecond'`;
  const end = "to_timestamp($5::text::float8 / 1000)";
  const isFree = `(lease_until IS NULL OR lease_until <= ${now})`;
  const isOwn = `key = $1::text AND lease_owner = $2::text`;
  return {
    /** Parameters: key. */
    read: `SELECT version, format::text AS format, record FROM ${table}
WHERE key = $1::text AND record IS NOT NULL`,

    /** Parameters: key, rest, new version, record, end. Writes over a row that has only a lease, or what it wrote before. */
    create: `INSERT INTO ${table} AS t (key, key_rest, version, format, record, ends_at, updated_at)
VALUES ($1::text, $2::text, $3::text, ${FORMAT}, $4::text, ${end}, ${now})
ON CONFLICT (key) DO UPDATE SET version = excluded.version, format = excluded.format, record = excluded.record,
  ends_at = excluded.ends_at, updated_at = excluded.updated_at
WHERE t.record IS NULL OR t.version = excluded.version
RETURNING t.version`,

    /** Parameters: key, expected version, new version, record, end. */
    replace: `UPDATE ${table}
SET version = $3::text, format = ${FORMAT}, record = $4::text, ends_at = ${end}, updated_at = ${now}
WHERE key = $1::text AND record IS NOT NULL AND version IN ($2::text, $3::text)
RETURNING version`,

    /** Parameters: key, a name for the deletion, expected version. The row stays: it may have a lease. */
    clear: `UPDATE ${table}
SET version = $2::text, format = NULL, record = NULL, ends_at = NULL, updated_at = ${now}
WHERE key = $1::text AND CASE WHEN record IS NULL THEN version = $2::text
  ELSE $3::text IS NULL OR version = $3::text END
RETURNING version`,

    /** Parameters: key. Removes a row that has neither a record nor a lease. */
    tidy: `DELETE FROM ${table} WHERE key = $1::text AND record IS NULL AND ${isFree}`,

    /** Parameters: key, rest, owner, milliseconds. Writes and locks nothing while another has the lease. */
    acquire: `INSERT INTO ${table} AS t (key, key_rest, lease_owner, lease_until)
SELECT $1::text, $2::text, $3::text, ${after("$4")}
WHERE NOT EXISTS (SELECT 1 FROM ${table}
  WHERE key = $1::text AND lease_owner <> $3::text AND lease_until > ${now})
ON CONFLICT (key) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = ${after("$4")}
WHERE t.lease_until IS NULL OR t.lease_until <= ${now} OR t.lease_owner = excluded.lease_owner
RETURNING t.lease_owner AS owner`,

    /** Parameters: key, owner, milliseconds. */
    extend: `UPDATE ${table} SET lease_until = ${after("$3")} WHERE ${isOwn} AND lease_until > ${now}
RETURNING lease_owner AS owner`,

    /** Parameters: key, owner. */
    isHeld: `SELECT lease_owner AS owner FROM ${table} WHERE ${isOwn} AND lease_until > ${now}`,

    /** Parameters: key, owner. */
    release: `UPDATE ${table} SET lease_owner = NULL, lease_until = NULL WHERE ${isOwn}
RETURNING CASE WHEN record IS NULL THEN 'nothing' ELSE 'record' END AS content`,

    /** Parameters: the last key before (NULL for none), the least and the greatest key, the most rows. */
    keys: `SELECT key, key_rest AS rest FROM ${table}
WHERE record IS NOT NULL AND ($1::text IS NULL OR key > $1::text) AND key >= $2::text AND key < $3::text
ORDER BY key LIMIT $4::text::int`,

    /** Parameters: milliseconds since the end, the most rows. Passes over rows that another statement has locked. */
    sweep: `WITH ended AS (SELECT key FROM ${table}
  WHERE ${isFree} AND (record IS NULL OR ends_at <= ${now} - $1::text::float8 * interval '1 millisecond')
  LIMIT $2::text::int FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM ${table} WHERE key IN (SELECT key FROM ended) RETURNING 1)
SELECT count(*)::text AS count FROM gone`,

    /** Needs the table with all its columns. */
    columns: `SELECT key, key_rest, version, format, record, ends_at, updated_at, lease_owner, lease_until
FROM ${table} LIMIT 0`,

    /** Parameters: the table. */
    settings: `SELECT (extract(epoch FROM ${now}) * 1000)::text AS now, pg_is_in_recovery()::text AS replica,
  current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous,
  (SELECT relpersistence::text FROM pg_class WHERE oid = to_regclass($1::text)) AS persistence`,
  };
}
