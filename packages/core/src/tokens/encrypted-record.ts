import { ownFields } from "../options/own-fields.ts";

/** What `encrypted()` stores in the place of a token record. */
export interface EncryptedRecord {
  /** The token record, encrypted. */
  readonly encrypted: string;
  /** When the record is of no more use, in ISO 8601: readable, so that a store can delete records that have ended. */
  readonly endsAt?: string | undefined;
}

/** Gives the fields of an encrypted record; undefined for any other value. */
export function encryptedFields(record: unknown): EncryptedRecord | undefined {
  if (typeof record !== "object" || record === null) return undefined;
  const fields = ownFields(record as EncryptedRecord);
  return typeof fields.encrypted === "string" ? fields : undefined;
}
