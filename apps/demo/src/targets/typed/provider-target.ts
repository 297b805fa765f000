import type { Provider } from "@grantkit/core";
import type { ProviderSource } from "../client-recipe.ts";
import { commonFaults } from "../faults/mistakes.ts";
import { missingParts } from "../missing-parts.ts";
import type { Opening } from "../open-targets.ts";
import type { Target, TypedCredentials } from "../target.ts";
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
  | "registration"
> {
  readonly provider: Provider;
  readonly source: ProviderSource;
  readonly credentials: Pick<TypedCredentials, "clientId" | "clientSecret"> | undefined;
}

/** Makes a target of a provider that the person typed in or chose, with an app of theirs. */
export function providerTarget(opening: Opening, of: ProviderTarget): Target {
  const { provider, source, credentials, ...rest } = of;
  const { authorization } = provider.endpoints;
  const callbackUrl = `${opening.publicUrl}/callback/${of.id}`;
  const defaultScopes = provider.defaultScope;
  const { keys, shared } = opening;
  const app = { clientId: "", ...credentials, redirectUri: callbackUrl };
  return {
    ...rest,
    callbackUrl,
    typed: credentials !== undefined,
    authorizationOrigins: credentials && authorization ? [new URL(authorization).origin] : [],
    defaultScopes,
    without: missingParts(provider, of.title),
    createClient: typedClients(provider, { app, keys }, shared),
    recipe: { ...source, app, keys },
    faults: commonFaults({ defaultScopes }),
  };
}
