import type { ProviderEndpoints } from "../provider-endpoints.ts";

type Field = keyof ProviderEndpoints;

/** Keeps, in a discovered definition and the provider that is made of it, why endpoints of the metadata were ignored. */
const IGNORED: unique symbol = Symbol("@grantkit/core/ignored endpoints");

/** Adds to a definition why endpoints of the server's metadata were ignored: one is an error only when it is used. */
export function withIgnoredEndpoints<Definition extends object>(
  definition: Definition,
  reasons: Readonly<Partial<Record<Field, string>>>,
): Definition {
  return { ...definition, [IGNORED]: reasons };
}

/**
 * Says why a provider does not have an endpoint, and what to do.
 *
 * @param usual - The sentence for a provider whose metadata has nothing to do with it.
 */
export function missingEndpoint(
  provider: object,
  field: Field,
  usual: string = `endpoints.${field} is missing: the provider has none, or its definition leaves it out`,
): string {
  const { [IGNORED]: reasons } = provider as {
    readonly [IGNORED]?: Partial<Record<Field, string>>;
  };
  const reason = reasons?.[field];
  return reason === undefined
    ? usual
    : `endpoints.${field} is missing: ${reason}. Pass the right URL to discover() as provider.endpoints.${field}`;
}
