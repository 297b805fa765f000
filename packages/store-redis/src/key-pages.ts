import { ConfigurationError, type KeyPage, type KeyQuery } from "@grantkit/core";
import { readKeyQuery } from "@grantkit/core/requests";
import type { Connection } from "./connection.ts";
import { indexNames, keyOf, memberOf, namesOf, TAGS } from "./key-names.ts";
import { LIST, VERIFY } from "./scripts.ts";

/** Where a page begins: in the index of a tag, after a key. */
interface Position {
  readonly tag: string;
  readonly after: string | undefined;
}

/** Lists keys, one index after the other. */
export async function pageOf(
  connection: Connection,
  prefix: string,
  query: KeyQuery | undefined,
): Promise<KeyPage> {
  const { prefix: beginning, limit, cursor } = readKeyQuery(query);
  const start = readCursor(cursor);
  const list = (at: Position, most: number) =>
    listIndex(connection, prefix, at, { beginning, limit: most });

  const first = await list(start, limit);
  const keys = [...first.keys];
  if (first.next !== undefined) return { keys, cursor: cursorOf(start.tag, first.next) };
  const tags = TAGS.slice(TAGS.indexOf(start.tag) + 1);
  if (keys.length === limit) return tags[0] === undefined ? { keys } : { keys, cursor: tags[0] };
  // At once: most listings are short, and would wait for one index after the other.
  const most = limit - keys.length;
  const others = await Promise.all(tags.map((tag) => list({ tag, after: undefined }, most)));
  for (const [index, other] of others.entries()) {
    const tag = tags[index] ?? "";
    const room = limit - keys.length;
    if (room === 0) return { keys, cursor: tag };
    const taken = other.keys.slice(0, room);
    keys.push(...taken);
    const next = taken.length < other.keys.length ? taken.at(-1) : other.next;
    if (next !== undefined) return { keys, cursor: cursorOf(tag, next) };
  }
  return { keys };
}

const cursorOf = (tag: string, after: string): string => `${tag}:${after}`;

function readCursor(cursor: string | undefined): Position {
  if (cursor === undefined) return { tag: TAGS[0] ?? "", after: undefined };
  if (!/^[\da-f](?::|$)/.test(cursor)) {
    throw new ConfigurationError("keys()", ["cursor must be the cursor of a page of this store"]);
  }
  return { tag: cursor[0] ?? "", after: cursor.length === 1 ? undefined : cursor.slice(2) };
}

/** Lists keys of one index that have a record. `next` is the last one looked at, when there may be more. */
async function listIndex(
  connection: Connection,
  prefix: string,
  { tag, after }: Position,
  { beginning, limit }: { readonly beginning: string; readonly limit: number },
): Promise<{ readonly keys: readonly string[]; readonly next: string | undefined }> {
  const [index] = indexNames(prefix, tag);
  // A lone surrogate at the end is written in another way than as a part of a pair.
  const common = memberOf(beginning.replace(/[\ud800-\udbff]$/, ""));
  const from = after === undefined ? `[${common}` : `(${memberOf(after)}`;
  const members = (await connection.run(LIST, [index], [from, common, limit])) as unknown[];
  if (members.length === 0) return { keys: [], next: undefined };
  const listed = members.map(keyOf);
  const records = listed.map((key) => namesOf(prefix, key).keys[0]);
  const present = await connection.run(VERIFY, [index, ...records], members.map(String));
  return {
    keys: (present as unknown[])
      .map((position) => listed[Number(position)] ?? "")
      .filter((key) => key.startsWith(beginning)),
    next: members.length < limit ? undefined : listed.at(-1),
  };
}
