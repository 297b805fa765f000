/** The form of the records, for later versions. */
export const FORMAT = 1;

/** More bytes than a token usually has. */
const BALLAST = 16_384;

/** The SQL of a store with this table. Every statement returns rows: see {@link Connection.run}. */
export interface Statements {
  /** Each makes a part of the tables that is missing. */
  readonly creation: readonly string[];
  readonly read: string;
  readonly insert: string;
  readonly update: string;
  readonly delete: string;
  readonly deleteVersion: string;
  readonly list: string;
  readonly sweep: string;
  readonly sweepLocks: string;
  readonly readLock: string;
  readonly insertLock: string;
  readonly takeLockOver: string;
  readonly extendLock: string;
  readonly deleteLock: string;
}

/**
 * Writes the statements of a store. A lock's row is separate from the record's: a key without a record can be locked.
 *
 * @param table - A checked name.
 */
export function statementsOf(table: string): Statements {
  const records = `"${table}"`;
  const locks = `"${table}_locks"`;
  return {
    creation: [
      `CREATE TABLE IF NOT EXISTS ${records} (key TEXT PRIMARY KEY NOT NULL, version TEXT NOT NULL, format INTEGER NOT NULL, record TEXT NOT NULL, ends_at INTEGER)`,
      `CREATE TABLE IF NOT EXISTS ${locks} (key TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, ends_at INTEGER NOT NULL, ends_at_uptime INTEGER NOT NULL, hold_ms INTEGER NOT NULL, ballast BLOB)`,
      `CREATE INDEX IF NOT EXISTS "${table}_ends_at" ON ${records} (ends_at) WHERE ends_at IS NOT NULL`,
    ],
    read: `SELECT version, format, record FROM ${records} WHERE key = ?`,
    insert: `INSERT INTO ${records} (version, format, record, ends_at, key) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING 1`,
    update: `UPDATE ${records} SET version = ?, format = ?, record = ?, ends_at = ? WHERE key = ? AND version = ? RETURNING 1`,
    delete: `DELETE FROM ${records} WHERE key = ? RETURNING 1`,
    deleteVersion: `DELETE FROM ${records} WHERE key = ? AND version = ? RETURNING 1`,
    list: `SELECT key FROM ${records} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?`,
    sweep: `DELETE FROM ${records} WHERE key IN (SELECT key FROM ${records} WHERE ends_at < ? AND key NOT IN (SELECT key FROM ${locks} WHERE ends_at > ? OR ends_at_uptime > ?) ORDER BY ends_at LIMIT ?) RETURNING 1`,
    sweepLocks: `DELETE FROM ${locks} WHERE ends_at < ? AND ends_at_uptime < ? RETURNING 1`,
    readLock: `SELECT owner, ends_at, ends_at_uptime, hold_ms FROM ${locks} WHERE key = ?`,
    // The ballast proves that there is space for a record: on a full disk no refresh token must be sent.
    insertLock: `INSERT INTO ${locks} (owner, ends_at, ends_at_uptime, hold_ms, ballast, key) VALUES (?, ?, ?, ?, zeroblob(${BALLAST}), ?) ON CONFLICT (key) DO NOTHING RETURNING 1`,
    takeLockOver: `UPDATE ${locks} SET owner = ?, ends_at = ?, ends_at_uptime = ?, hold_ms = ?, ballast = zeroblob(${BALLAST}) WHERE key = ? AND owner = ? AND ends_at = ? AND ends_at_uptime = ? RETURNING 1`,
    extendLock: `UPDATE ${locks} SET ends_at = ?, ends_at_uptime = ?, ballast = NULL WHERE key = ? AND owner = ? RETURNING 1`,
    deleteLock: `DELETE FROM ${locks} WHERE key = ? AND owner = ? RETURNING 1`,
  };
}
