/** The class of objects that inherit nothing. V8 reads their fields faster than those of `Object.create(null)`. */
const Bare = function () {} as unknown as new () => object;
Bare.prototype = Object.freeze(Object.create(null) as object);

/** Copies an object's own fields: what somebody added to `Object.prototype` is not among them. */
export function ownFields<Fields extends object>(source: Fields): Fields {
  const copy: object = new Bare();
  return Object.assign(copy, source);
}

/**
 * Copies the own fields of what a caller gave as options, or as a record. Each public entry begins with it: what somebody
 * added to `Object.prototype` is no option. What is no such object (null, a text, a list, a promise) stays as it is, for
 * the check that refuses it.
 */
export function ownOptions<Options>(given: Options): Options {
  const isFields =
    typeof given === "object" &&
    given !== null &&
    !Array.isArray(given) &&
    !inheritsNothing(given) &&
    typeof (given as { then?: unknown }).then !== "function";
  return isFields ? ownFields(given) : given;
}

/** Whether an object is such a copy already, also one of another copy of the package. */
function inheritsNothing(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && !Object.hasOwn(prototype, "toString"))
  );
}

/** Copies the fields that are not undefined. */
export function definedFields<Value>(
  source: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(source).filter((field): field is [string, Value] => field[1] !== undefined),
  );
}
