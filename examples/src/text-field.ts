/** Reads a field of user info as text; some IDs are numbers. Returns undefined for other types and for an empty text. */
export function textField(
  raw: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = raw[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
