import type { Provider } from "@grantkit/core";
import type { ProviderSource } from "../client-recipe.ts";
import { commonFaults } from "../faults/mistakes.ts";
import { missingParts } from "../missing-parts.ts";
import type { Opening } from "../open-targets.ts";
import type { Target, TypedCredentials } from "../target.ts";
import { implicitTypesOf } from "../implicit-types.ts";
import { typedClients } from "./typed-clients.ts";

/** What a target has beside its provider. */
export interface ProviderTarget extends Pick<
  Target,
  | "id"
  | "title"
  | "kind"
  | "teaser"
  | "sample"
  | "code"
  | "scopes"
  | "facts"
  | "metadata"
  | "offlineAccess"
  | "registration"
> {
  readonly provider: Provider;
  /** The `response_types_supported` of its metadata, if it has any. */
  readonly responseTypes?: readonly string[] | undefined;
  readonly source: ProviderSource;
  readonly credentials: Pick<TypedCredentials, "clientId" | "clientSecret"> | undefined;
}

/** Makes a target of a provider that the person typed in or chose, with an app of theirs. */
export function providerTarget(opening: Opening, of: ProviderTarget): Target {
  const { provider, source, credentials, responseTypes, ...rest } = of;
  const { authorization } = provider.endpoints;
  const callbackUrl = `${opening.publicUrl}/callback/${of.id}`;
  const implicitTypes = implicitTypesOf(provider, responseTypes);
  const defaultScopes = provider.defaultScope;
  const { keys, shared } = opening;
  const app = { clientId: "", ...credentials, redirectUri: callbackUrl };
  return {
    ...rest,
    callbackUrl,
    typed: credentials !== undefined,
    authorizationOrigins: credentials && authorization ? [new URL(authorization).origin] : [],
    defaultScopes,
    implicitTypes,
    without: {
      ...missingParts(provider, of.title),
      ...(implicitTypes.length === 0 && {
        implicit: `${of.title} has no implicit flow: its metadata names no response type with a token.`,
      }),
    },
    createClient: typedClients(provider, { app, keys }, shared),
    recipe: { ...source, app, keys },
    faults: commonFaults({ defaultScopes }),
  };
}
