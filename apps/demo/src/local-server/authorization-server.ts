import type { IncomingMessage, ServerResponse } from "node:http";
import { Provider } from "oidc-provider";
import { makePageKeys, type PublicKeys } from "../client/page-keys.ts";
import { answerApi } from "./api.ts";
import { registerCustomGrants } from "./custom-grants.ts";
import { interact } from "./interactions.ts";
import { providerConfiguration } from "./provider-configuration.ts";

/** Sets oidc-provider up, and returns what answers each request to the local server. */
export function authorizationServer(
  issuer: string,
  clients: readonly object[],
  keys: PublicKeys,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const provider = new Provider(issuer, providerConfiguration(clients, makePageKeys().signing));
  registerCustomGrants(provider, keys);
  const protocol = provider.callback();
  return (request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/interaction/")) return interact(provider, request, response);
    if (path.startsWith("/api/")) return answerApi(provider, request, response);
    return protocol(request, response);
  };
}
