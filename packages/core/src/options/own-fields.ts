/** An object's own fields alone: what somebody added to `Object.prototype` is not among them. */
export function ownFields<Fields extends object>(source: Fields): Fields {
  return Object.assign(Object.create(null) as Fields, source);
}
