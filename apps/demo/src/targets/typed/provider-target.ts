import { OAuth2Client, type Provider } from "@grantkit/core";
import type { AxiosAdapter } from "axios";
import type { Opening } from "../open-targets.ts";
import type { Target, TypedCredentials } from "../target.ts";
import { clientOptions } from "../../client/client-options.ts";
import { implicitTypesOf } from "../implicit-types.ts";
import { missingParts } from "../missing-parts.ts";
import { commonFaults } from "../faults/mistakes.ts";
import { guardedAdapter } from "./guarded-adapter.ts";

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
  readonly credentials: Pick<TypedCredentials, "clientId" | "clientSecret"> | undefined;
}

/** Makes a target of a provider that the person typed in or chose, with an app of theirs. */
export function providerTarget(opening: Opening, of: ProviderTarget): Target {
  const { provider, credentials, responseTypes, ...rest } = of;
  const { authorization } = provider.endpoints;
  const callbackUrl = `${opening.publicUrl}/callback/${of.id}`;
  const http = { adapter: adapterFor(provider) };
  const registered = { clientId: "", ...credentials, redirectUri: callbackUrl };
  const implicitTypes = implicitTypesOf(provider, responseTypes);
  const defaultScopes = provider.defaultScope;
  const target: Target = {
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
    createClient: (values, change) => {
      const options = {
        ...opening.shared,
        http,
        ...clientOptions(values, registered, opening.keys),
      };
      return new OAuth2Client(provider, { ...options, ...change?.(options) });
    },
    faults: commonFaults({ defaultScopes }),
  };
  return target;
}

/** Sends to the provider's endpoints and API only. */
function adapterFor({ endpoints, api, renew }: Provider): AxiosAdapter {
  const urls = [...Object.values(endpoints), api?.baseUrl, renew?.endpoint];
  const origins = urls.flatMap((url) =>
    typeof url === "string" && URL.canParse(url) ? [new URL(url).origin] : [],
  );
  return guardedAdapter([...origins, ...(api?.origins ?? [])]);
}
