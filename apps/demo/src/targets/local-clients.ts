import { Agent } from "node:https";
import { defineProvider, OAuth2Client, type Provider } from "@grantkit/core";
import { authenticationChoice, clientOptions } from "../client/client-options.ts";
import type { PageKeys } from "../client/page-keys.ts";
import { clientIdOf } from "../local-server/registered-clients.ts";
import type { LocalServer } from "../local-server/start-local-server.ts";
import type { ClientFactory } from "./client-recipe.ts";
import type { Opening } from "./open-targets.ts";

/** What the clients of the local server are made of. */
export interface LocalRecipe {
  readonly kind: "local";
  readonly server: Pick<LocalServer, "origin" | "tls" | "clientSecret">;
  readonly redirectUri: string;
  readonly keys: PageKeys;
}

/** Makes the clients of the local server: it has one for each kind of client authentication. */
export function localClients(
  { server, redirectUri, keys }: LocalRecipe,
  shared: Opening["shared"],
): ClientFactory {
  const { clientSecret, origin, tls } = server;
  const provider = localProvider(origin, origin);
  // Connections with a client certificate go to another address (RFC 8705 §5).
  const tlsProvider = localProvider(origin, tls.origin);
  const httpsAgent = new Agent({
    ...keys.tls,
    // The one certificate that is trusted is the server's own; it has no name to compare.
    ca: tls.cert,
    checkServerIdentity: () => undefined,
  });
  return (values, change) => {
    const choice = authenticationChoice(values);
    const clientId = clientIdOf(choice ?? "basic");
    const app = { clientId, clientSecret, redirectUri };
    const given = { ...shared, ...clientOptions(values, app, keys) };
    const options = { ...given, ...change?.(given) };
    return choice === "tls"
      ? new OAuth2Client(tlsProvider, { ...options, http: { ...shared.http, httpsAgent } })
      : new OAuth2Client(provider, options);
  };
}

/**
 * Defines the local server.
 *
 * @param back - The origin of the endpoints that clients authenticate at.
 */
export function localProvider(origin: string, back: string): Provider {
  return defineProvider({
    name: "local",
    issuer: origin,
    issuerInCallback: true,
    endpoints: {
      authorization: `${origin}/auth`,
      token: `${back}/token`,
      jwks: `${origin}/jwks`,
      userInfo: `${origin}/me`,
      pushedAuthorization: `${back}/request`,
      deviceAuthorization: `${back}/device/auth`,
      introspection: `${back}/token/introspection`,
      revocation: `${back}/token/revocation`,
      endSession: `${origin}/session/end`,
    },
    api: { baseUrl: `${origin}/api` },
    defaultScope: ["openid", "email"],
    clientAuthentication: "basic",
    idToken: { algorithms: ["ES256"] },
    allowInsecureHttp: [origin],
  });
}
