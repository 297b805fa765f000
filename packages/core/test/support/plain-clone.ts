/**
 * Clones plain data, in the place of structuredClone: Node's makes objects of another realm than Jest's, which oidc-provider
 * does not take for plain objects.
 */
export function plainClone<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plainClone) as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, plainClone(part as unknown)]),
  ) as T;
}
