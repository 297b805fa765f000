/** Copies an object's own fields: what somebody added to `Object.prototype` is not among them. */
export function ownFields<Fields extends object>(source: Fields): Fields {
  return Object.assign(Object.create(null) as Fields, source);
}

/** Copies the fields that are not undefined. */
export function definedFields<Value>(
  source: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(source).filter((field): field is [string, Value] => field[1] !== undefined),
  );
}
