import type { Provider } from "@grantkit/core";

/** What the implicit flow can ask for: the token alone, or an ID token with it (OpenID Connect Core §3.2). */
export type ImplicitType = "id_token token" | "token";

const ALL: readonly ImplicitType[] = ["id_token token", "token"];

/**
 * What the implicit flow can ask a provider for: an ID token only where it can be verified.
 *
 * @param supported - The `response_types_supported` of its metadata (RFC 8414 §2), if it has any.
 */
export function implicitTypesOf(
  { endpoints }: Pick<Provider, "endpoints">,
  supported?: readonly string[],
): readonly ImplicitType[] {
  const possible = ALL.filter((type) => type === "token" || endpoints.jwks !== undefined);
  if (!supported) return possible;
  const known = new Set(supported.map(sorted));
  return possible.filter((type) => known.has(sorted(type)));
}

/** The order of the words means nothing (OAuth 2.0 Multiple Response Type Encoding Practices §5). */
function sorted(type: string): string {
  return type.split(" ").toSorted().join(" ");
}
