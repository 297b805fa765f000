import { isObject, must, type OptionRule } from "./option-rules.ts";
import { type Fields, readId } from "./read-fields.ts";

const PATH = /^[^.]+(?:\.[^.]+)*$/;

/** Takes the path of a field: `"user_id"`, `"data.user.id"`, `"data.0.id"`. */
export const mustBePath: OptionRule = must(
  'be the path of a field, for example "data.user.id"',
  isPath,
);

/** Takes a path, or an array of them. */
export const mustBePaths: OptionRule = must(
  'be the path of a field, for example "data.user.name", or an array of paths',
  (value) => [value].flat().every(isPath),
);

function isPath(value: unknown): boolean {
  return typeof value === "string" && PATH.test(value);
}

/** Reads a field by its path: own fields only. */
export function valueAt(body: Fields, path: string): unknown {
  let value: unknown = body;
  for (const name of path.split(".")) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

/** Reads a text; numbers become texts, but not those that JavaScript rounds. Undefined for an empty text. */
export function textAt(body: Fields, path: string): string | undefined {
  return readId(valueAt(body, path));
}
