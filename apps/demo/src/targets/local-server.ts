import { Agent } from "node:https";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { authenticationChoice, clientOptions } from "../client/client-options.ts";
import { ACCOUNTS } from "../local-server/accounts.ts";
import { DETAILS_TYPE, RESOURCE, SCOPES } from "../local-server/offers.ts";
import { clientIdOf } from "../local-server/registered-clients.ts";
import { startLocalServer } from "../local-server/start-local-server.ts";
import { missingParts } from "./missing-parts.ts";
import { offlineAccessIn } from "./offline-access.ts";
import type { Opening } from "./open-targets.ts";
import type { Target } from "./target.ts";

const [USER] = ACCOUNTS;
const DETAILS = [{ type: DETAILS_TYPE, amount: { currency: "EUR", amount: "12.50" } }];

/** Opens the certified authorization server `oidc-provider` on this machine, which has every flow but the implicit one. */
export async function openLocalServer(opening: Opening): Promise<Target> {
  const callbackUrl = `${opening.publicUrl}/callback/local`;
  const server = await startLocalServer(callbackUrl, opening.keys);
  opening.running.push(server);
  const { keys, shared } = opening;
  const { origin, clientSecret } = server;
  const definition = {
    name: "local",
    issuer: origin,
    issuerInCallback: true,
    endpoints: endpointsAt(origin, origin),
    api: { baseUrl: `${origin}/api` },
    defaultScope: ["openid", "email"],
    clientAuthentication: "basic" as const,
    idToken: { algorithms: ["ES256"] },
    allowInsecureHttp: [origin],
  };
  const provider = defineProvider(definition);
  // Connections with a client certificate go to another address (RFC 8705 §5).
  const tlsProvider = defineProvider({
    ...definition,
    endpoints: endpointsAt(origin, server.tls.origin),
  });
  const httpsAgent = new Agent({
    ...keys.tls,
    // The one certificate that is trusted is the server's own; it has no name to compare.
    ca: server.tls.cert,
    checkServerIdentity: () => undefined,
  });
  return {
    id: "local",
    title: "Local server",
    kind: "local server",
    teaser:
      "oidc-provider on this machine: PAR, RAR, DPoP, device, token exchange, logout and more.",
    origin,
    authorizationOrigins: [origin],
    scopes: SCOPES,
    defaultScopes: ["openid", "email", "offline_access"],
    sample: "/token",
    callbackUrl,
    samples: {
      resource: RESOURCE,
      authorizationDetails: JSON.stringify(DETAILS, null, 2),
      claims: JSON.stringify({ sub: USER.id }, null, 2),
      user: { name: USER.id, password: USER.password },
    },
    without: {
      ...missingParts(provider, "The local server"),
      implicit:
        "OAuth 2.1 dropped this grant, and oidc-provider refuses response_type=token: try Google's emulator.",
    },
    implicitTypes: [],
    offlineAccess: offlineAccessIn(SCOPES),
    takesCertificate: true,
    createClient: (values, change) => {
      const choice = authenticationChoice(values);
      const registered = {
        clientId: clientIdOf(choice ?? "basic"),
        clientSecret,
        redirectUri: callbackUrl,
      };
      const given = { ...shared, ...clientOptions(values, registered, keys) };
      const options = { ...given, ...change?.(given) };
      return choice === "tls"
        ? new OAuth2Client(tlsProvider, { ...options, http: { ...shared.http, httpsAgent } })
        : new OAuth2Client(provider, options);
    },
    code: {
      module: "@grantkit/core",
      className: "OAuth2Client",
      issuer: origin,
      extra: {
        provider: { api: { baseUrl: `${origin}/api` }, allowInsecureHttp: [origin] },
      },
    },
    assertionKey: keys.signing,
    faults: [],
  };
}

/** @param back - The origin of the endpoints that clients authenticate at. */
function endpointsAt(origin: string, back: string) {
  return {
    authorization: `${origin}/auth`,
    token: `${back}/token`,
    jwks: `${origin}/jwks`,
    userInfo: `${origin}/me`,
    pushedAuthorization: `${back}/request`,
    deviceAuthorization: `${back}/device/auth`,
    introspection: `${back}/token/introspection`,
    revocation: `${back}/token/revocation`,
    endSession: `${origin}/session/end`,
  };
}
