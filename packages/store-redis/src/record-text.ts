import { createHash, randomUUID } from "node:crypto";
import type { StoredToken, TokenRecord } from "@grantkit/core";
import { isObject, jsonObject, ownFields, recordUnreadable } from "@grantkit/core/requests";

/** The form of the records, for later versions. */
const FORMAT = 1;

/** A digest of a key, so that any text is a key. */
export function digestOf(key: string): string {
  // As JSON: it tells apart lone surrogates, which UTF-8 does not.
  return createHash("sha256").update(JSON.stringify(key)).digest("hex");
}

/** How the text of a record with this version begins: that is what scripts compare. */
export function headOf(version: string): string {
  return `{"format":${FORMAT},"version":${JSON.stringify(version)},`;
}

/** The text of a record, with a version that no other write has. */
export function serialize(
  key: string,
  token: TokenRecord,
): { readonly text: string; readonly head: string; readonly version: string } {
  const version = randomUUID();
  const head = headOf(version);
  return { text: `${head}${JSON.stringify({ key, token }).slice(1)}`, head, version };
}

/**
 * Reads a record.
 *
 * @param found - Its text, or what Upstash's client has parsed of it.
 * @param key - The key of the token.
 * @param name - The record's name in Redis.
 * @throws OAuthError with code `RECORD_UNREADABLE`.
 */
export function readRecord(found: unknown, key: string, name: string): StoredToken | undefined {
  if (found === null || found === undefined) return undefined;
  const record = parse(found);
  const problem = problemOf(record, key);
  if (record && problem === undefined) return { token: record.token, version: record.version };
  throw recordUnreadable(
    key,
    problem ?? "",
    `Look at it with GET ${name}, delete it with store.delete(), and let the user sign in again.`,
  );
}

interface StoredRecord extends StoredToken {
  readonly format: number;
  readonly key: string;
}

function parse(found: unknown): StoredRecord | undefined {
  const isParsed = isObject(found) && !ArrayBuffer.isView(found);
  const fields = isParsed ? found : jsonObject(String(found));
  return fields && ownFields(fields as unknown as StoredRecord);
}

function problemOf(record: StoredRecord | undefined, key: string): string | undefined {
  if (!record) return "is damaged: it is not JSON";
  if (record.format !== FORMAT) return "was written by another version of @grantkit/store-redis";
  if (record.key !== key) return "is that of another key";
  const isWhole = typeof record.version === "string" && isObject(record.token);
  return isWhole ? undefined : "is damaged: it has no token";
}
