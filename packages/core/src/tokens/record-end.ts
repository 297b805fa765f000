import { ownFields } from "../options/own-fields.ts";
import { encryptedFields } from "./encrypted-record.ts";
import { storedInstant } from "./field-reader.ts";
import type { TokenRecord } from "./token-record.ts";

/**
 * Computes when a stored record is of no more use, so that a store may delete it: when the refresh token expires, or the
 * access token of a record that nothing can refresh. It does not know the `renew` function of a session, which can replace
 * such a record.
 *
 * @param record - A record as a store receives it, encrypted or not.
 * @returns Milliseconds since the epoch; undefined if the record has no end, or an unknown one.
 */
export function recordEnd(record: TokenRecord): number | undefined {
  const encrypted = encryptedFields(record);
  if (encrypted) return storedInstant(encrypted.endsAt);
  const { refreshToken, refreshTokenExpiresAt, renewal, expiresAt } = ownFields(record);
  // A record of null and "" has no refresh token either.
  if (refreshToken) return storedInstant(refreshTokenExpiresAt);
  return renewal ? undefined : storedInstant(expiresAt);
}
