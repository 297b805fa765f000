/** A field of user info as text; ids come as numbers too. Undefined for whatever else it is, and when it is empty. */
export function textField(
  raw: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = raw[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
