import { isSecretField, plainDetails } from "../errors/error-fields.ts";
import type { ProviderErrorBody } from "../errors/provider-error.ts";
import { isObject, isFilledText } from "../options/option-rules.ts";

/** Fields that hold an error code, the likeliest first; compared without case, `_` and `-`. */
const CODES = ["error", "errorcode", "code", "errcode", "errortype", "errorreason"];
/** Fields that hold one when no other does: in some responses they hold something else. */
const OTHER_CODES = ["type", "name", "reason", "status"];
/** Fields that hold an explanation. */
const TEXTS = [
  "errordescription",
  "message",
  "errormessage",
  "errorsummary",
  "errormsg",
  "errmsg",
  "faultstring",
  "detail",
  "description",
  "msg",
  "title",
];
/** How many levels are searched, and how many objects of each. */
const DEEPEST = 4;
const MOST_OBJECTS = 50;
/** Characters. */
const LONGEST_SENTENCE = 300;

type Fields = ReadonlyMap<string, unknown>;

/**
 * Reads an error response that is not in the format of RFC 6749 §5.2: an `error` that is a number or an object, `errors`,
 * `message`, `code`, a list, or only a sentence. All of its plain fields are kept as details.
 *
 * @param status - The HTTP status.
 * @returns undefined for a body without plain fields, and for a text that is not a sentence.
 */
export function readForeignError(body: unknown, status: number): ProviderErrorBody | undefined {
  if (typeof body === "string")
    return isSentence(body) ? { error: `status ${status}`, errorDescription: body } : undefined;
  if (!isObject(body)) return undefined;
  const details = plainDetails(Object.entries(body));
  if (!details) return undefined;
  const objects = objectsIn(body);
  // A code that repeats the status says nothing.
  const isCode = (value: unknown): value is string | number =>
    (typeof value === "number" || isFilledText(value)) && String(value) !== String(status);
  const word = firstOf(objects, CODES, isCode) ?? firstOf(objects, OTHER_CODES, isCode);
  return {
    error: String(word ?? `status ${status}`),
    errorDescription: firstOf(objects, TEXTS, isFilledText) ?? firstText(body),
    details,
  };
}

/** Whether a text says something to a person: it is neither a page, nor broken JSON, nor longer than a few lines. */
function isSentence(text: string): boolean {
  return text.length <= LONGEST_SENTENCE && /^\s*[\p{L}\p{N}]/u.test(text);
}

/** The objects of a body, the outer ones first, with their names as they are compared. */
function objectsIn(body: object): Fields[] {
  const found: Fields[] = [];
  let level: object[] = [body];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const fields = level
      .slice(0, MOST_OBJECTS)
      .map((each) => Object.entries(each).filter(([name]) => !isSecretField(name)))
      .map((entries) => entries.map(([name, value]) => [comparable(name), value] as const));
    found.push(...fields.map((entries) => new Map<string, unknown>(entries)));
    level = fields.flatMap((entries) => entries.map(([, value]) => value).filter(isObject));
  }
  return found;
}

function comparable(name: string): string {
  return name.replace(/[_-]/g, "").toLowerCase();
}

function firstOf<Value>(
  objects: readonly Fields[],
  names: readonly string[],
  fits: (value: unknown) => value is Value,
): Value | undefined {
  const values = objects.flatMap((fields) => names.map((name) => fields.get(name)));
  return values.find(fits);
}

/** The first sentence of a list of sentences, for example of `errors`. */
function firstText(body: object): string | undefined {
  const lists = [body, ...Object.values(body)].filter((each) => Array.isArray(each));
  return lists.flat().find(isFilledText);
}
