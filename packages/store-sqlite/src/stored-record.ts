import type { StoredToken, TokenRecord } from "@grantkit/core";
import { jsonObject, recordUnreadable } from "@grantkit/core/requests";
import type { SqliteRow } from "./sqlite-database.ts";
import { FORMAT } from "./statements.ts";

const ADVICE = "Look at its row, delete it with store.delete(key), and let the user sign in again.";

/**
 * Reads a record's row.
 *
 * @throws OAuthError with code `RECORD_UNREADABLE`.
 */
export function readRecord(key: string, [version, format, json]: SqliteRow): StoredToken {
  if (Number(format) !== FORMAT) {
    const advice = "Use that version in every process.";
    throw recordUnreadable(key, "was written by a later version of @grantkit/store-sqlite", advice);
  }
  const token = jsonObject(String(json)) as TokenRecord | undefined;
  if (!token) {
    throw recordUnreadable(key, "is damaged: it is not a JSON object", ADVICE);
  }
  return { token, version: String(version) };
}
