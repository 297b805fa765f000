/** Returns a field of user info as text, because some IDs are numbers. Any other type and an empty text are undefined. */
export function textField(
  raw: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = raw[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
