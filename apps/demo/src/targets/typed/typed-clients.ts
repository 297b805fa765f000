import { OAuth2Client, type Provider } from "@grantkit/core";
import type { AxiosAdapter } from "axios";
import { clientOptions } from "../../client/client-options.ts";
import type { AppRecipe, ClientFactory } from "../client-recipe.ts";
import type { Opening } from "../open-targets.ts";
import { guardedAdapter } from "./guarded-adapter.ts";

/** Makes the clients of a provider that the person typed in or chose, which send to its endpoints and its API only. */
export function typedClients(
  provider: Provider,
  { app, keys }: AppRecipe,
  shared: Opening["shared"],
): ClientFactory {
  const http = { adapter: adapterFor(provider) };
  return (values, change) => {
    const options = { ...shared, http, ...clientOptions(values, app, keys) };
    return new OAuth2Client(provider, { ...options, ...change?.(options) });
  };
}

function adapterFor({ endpoints, api, renew }: Provider): AxiosAdapter {
  const urls = [...Object.values(endpoints), api?.baseUrl, renew?.endpoint];
  const origins = urls.flatMap((url) =>
    typeof url === "string" && URL.canParse(url) ? [new URL(url).origin] : [],
  );
  return guardedAdapter([...origins, ...(api?.origins ?? [])]);
}
