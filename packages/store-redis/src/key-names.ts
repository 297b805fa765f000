import { digestOf } from "./record-text.ts";

/**
 * The hash tags of all records, locks and indexes: the first digit of the key's digest. Records of one tag are in one hash slot
 * with their index, so that both change in one step, in a cluster too. docs/decisions/0010 has the reasons.
 */
export const TAGS: readonly string[] = "0123456789abcdef".split("");

/** The names in Redis of what belongs to a key. */
export interface RecordNames {
  /** The record, the index of its tag, and the ends of the index's records, for scripts. */
  readonly keys: readonly [record: string, index: string, ends: string];
  readonly lock: string;
  /** What the index has of the key. */
  readonly member: string;
}

/** Names what belongs to a key. */
export function namesOf(prefix: string, key: string): RecordNames {
  const digest = digestOf(key);
  const record = tagged(prefix, digest[0] ?? "", digest);
  return {
    keys: [record, ...indexNames(prefix, digest[0] ?? "")],
    lock: `${record}:lock`,
    member: memberOf(key),
  };
}

/** Names the index of a tag: a sorted set of members, and one of the ends of those that expire. */
export function indexNames(prefix: string, tag: string): [index: string, ends: string] {
  return [tagged(prefix, tag, "index"), tagged(prefix, tag, "ends")];
}

/** Names something of a tag. */
export function tagged(prefix: string, tag: string, name: string): string {
  return `${prefix}{${tag}}:${name}`;
}

/**
 * Writes a key as a member of an index: JSON without its last quotation mark. Members of keys with a common beginning have a
 * common beginning, lone surrogates survive, and a client that parses answers as JSON leaves members as they are.
 */
export function memberOf(key: string): string {
  return JSON.stringify(key).slice(0, -1);
}

/** Reads the key in a member of an index. */
export function keyOf(member: unknown): string {
  return JSON.parse(`${String(member)}"`) as string;
}
