import type { StoredToken, TokenRecord } from "@grantkit/core";
import { jsonObject, recordUnreadable } from "@grantkit/core/requests";
import type { Row } from "./database.ts";
import { FORMAT } from "./statements.ts";

/**
 * Reads the record of a row.
 *
 * @throws OAuthError with code `RECORD_UNREADABLE`.
 */
export function readRow(row: Row, key: string, table: string): StoredToken {
  const { format, version, record } = row;
  const token = jsonObject(record ?? "") as TokenRecord | undefined;
  if (format === FORMAT && typeof version === "string" && token) return { token, version };
  const isForeign = typeof format === "string" && format !== FORMAT;
  throw recordUnreadable(
    key,
    isForeign
      ? "was written by another version of @grantkit/store-postgres"
      : "is damaged: it has no token",
    isForeign
      ? "Use that version in every process."
      : `Look at its row in the table ${table}; then delete() it, and let the user sign in again.`,
  );
}
