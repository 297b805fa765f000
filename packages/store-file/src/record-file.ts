import { createHash, randomUUID } from "node:crypto";
import { basename } from "node:path";
import type { StoredToken, TokenRecord } from "@grantkit/core";
import { isObject, jsonObject, ownFields, recordUnreadable } from "@grantkit/core/requests";
import { readPrivateFile } from "./private-files.ts";

/** The form of the files, for later versions. */
const FORMAT = 1;

/** The name of one of a key's files: a digest, so that any text is a key, on any file system. */
export function fileNameOf(key: string, extension: "json" | "lock" | "write"): string {
  // As JSON: it tells apart lone surrogates, which UTF-8 does not.
  return `${createHash("sha256").update(JSON.stringify(key)).digest("hex")}.${extension}`;
}

/** Whether a file is that of a record. */
export function isRecordFile(name: string): boolean {
  return /^[\da-f]{64}\.json$/.test(name);
}

/** The text of a record's file, with a version that no other write has. */
export function serialize(key: string, token: TokenRecord): { text: string; version: string } {
  const version = randomUUID();
  return { text: JSON.stringify({ format: FORMAT, key, version, token }), version };
}

/**
 * The text of a deleted record's file: the file stays, because a file system cannot remove a file only if this process still
 * has its claim. It has no secret and not the key.
 */
export const DELETED: string = JSON.stringify({ format: FORMAT, deleted: true });

/** Reads the file of a key's record; undefined if there is no record. */
export async function readText(path: string): Promise<string | undefined> {
  const text = await readPrivateFile(path);
  return text === DELETED ? undefined : text;
}

/**
 * Reads a key's record.
 *
 * @throws OAuthError with code `RECORD_UNREADABLE` for a file that is not a record of this key.
 */
export async function readRecord(path: string, key: string): Promise<StoredToken | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const record = parse(text);
  const problem = problemOf(record, path);
  if (record && problem === undefined) return { token: record.token, version: record.version };
  const advice = `It is in ${path}. Look at it, move it away or call delete(), and let the user sign in again.`;
  throw recordUnreadable(key, problem ?? "", advice);
}

/** What a listing finds in a file: the key of its record, or what is wrong with it; neither for a deleted record. */
export interface FoundKey {
  readonly key?: string;
  readonly problem?: string | undefined;
}

/** Reads the key in the file of a record. */
export async function readKey(path: string): Promise<FoundKey> {
  const text = await readText(path);
  if (text === undefined) return {};
  const record = parse(text);
  const problem = problemOf(record, path);
  return record && problem === undefined ? { key: record.key } : { problem };
}

interface StoredRecord extends StoredToken {
  readonly format: number;
  readonly key: string;
}

function parse(text: string): StoredRecord | undefined {
  const fields = jsonObject(text);
  return fields && ownFields(fields as unknown as StoredRecord);
}

function problemOf(record: StoredRecord | undefined, path: string): string | undefined {
  if (!record) return "is damaged: it is not JSON";
  if (record.format !== FORMAT) return "was written by another version of @grantkit/store-file";
  if (typeof record.key !== "string") return "is damaged: it has no key";
  if (fileNameOf(record.key, "json") !== basename(path)) return "is that of another key";
  const isWhole = typeof record.version === "string" && isObject(record.token);
  return isWhole ? undefined : "is damaged: it has no token";
}
