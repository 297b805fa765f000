import { defineProvider, OAuth2Client } from "@grantkit/core";
import { authenticationChoice, clientOptions } from "../client/client-options.ts";
import { ACCOUNTS } from "../local-server/accounts.ts";
import { DETAILS_TYPE, RESOURCE, SCOPES } from "../local-server/offers.ts";
import { clientIdOf } from "../local-server/registered-clients.ts";
import { startLocalServer } from "../local-server/start-local-server.ts";
import { missingParts } from "./missing-parts.ts";
import type { Opening } from "./open-targets.ts";
import type { Target } from "./target.ts";

const [USER] = ACCOUNTS;
const DETAILS = [{ type: DETAILS_TYPE, amount: { currency: "EUR", amount: "12.50" } }];

/** Opens the certified authorization server `oidc-provider` on this machine, which has every flow but the implicit one. */
export async function openLocalServer(opening: Opening): Promise<Target> {
  const callbackUrl = `${opening.publicUrl}/callback/local`;
  const server = await startLocalServer(callbackUrl, opening.keys.published);
  opening.running.push(server);
  const { origin, clientSecret } = server;
  const provider = defineProvider({
    name: "local",
    issuer: origin,
    issuerInCallback: true,
    endpoints: endpointsAt(origin),
    api: { baseUrl: `${origin}/api` },
    defaultScope: ["openid", "email"],
    clientAuthentication: "basic",
    idToken: { algorithms: ["ES256"] },
    allowInsecureHttp: [origin],
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
        "OAuth 2.1 dropped this grant, and oidc-provider does not have it: try Google's emulator.",
    },
    createClient: (values, change) => {
      const options = {
        ...opening.shared,
        ...clientOptions(
          values,
          {
            clientId: clientIdOf(authenticationChoice(values) ?? "basic"),
            clientSecret,
            redirectUri: callbackUrl,
          },
          opening.keys,
        ),
      };
      return new OAuth2Client(provider, { ...options, ...change?.(options) });
    },
    code: {
      module: "@grantkit/core",
      className: "OAuth2Client",
      issuer: origin,
      extra: {
        provider: { api: { baseUrl: `${origin}/api` }, allowInsecureHttp: [origin] },
      },
    },
    assertionKey: opening.keys.signing,
    faults: [],
  };
}

function endpointsAt(origin: string) {
  return {
    authorization: `${origin}/auth`,
    token: `${origin}/token`,
    jwks: `${origin}/jwks`,
    userInfo: `${origin}/me`,
    pushedAuthorization: `${origin}/request`,
    deviceAuthorization: `${origin}/device/auth`,
    introspection: `${origin}/token/introspection`,
    revocation: `${origin}/token/revocation`,
    endSession: `${origin}/session/end`,
  };
}
