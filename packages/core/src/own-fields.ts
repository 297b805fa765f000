/** An object's own fields alone: what somebody added to `Object.prototype` is not among them. */
export function ownFields<Fields extends object>(source: Fields): Fields {
  return Object.assign(Object.create(null) as Fields, source);
}

/** One of them, without a copy of the others. */
export function ownField<Fields extends object, Name extends keyof Fields>(
  source: Fields,
  name: Name,
): Fields[Name] | undefined {
  return Object.hasOwn(source, name) ? source[name] : undefined;
}
