import { ACCOUNTS } from "../local-server/accounts.ts";
import { DETAILS_TYPE, RESOURCE, SCOPES } from "../local-server/offers.ts";
import { startLocalServer } from "../local-server/start-local-server.ts";
import { localClients, localProvider, type LocalRecipe } from "./local-clients.ts";
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
  const { origin } = server;
  const recipe: LocalRecipe = { kind: "local", server, redirectUri: callbackUrl, keys };
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
    facts: [
      ["Issuer", origin],
      ["User", `${USER.id}, password ${USER.password}`],
    ],
    samples: {
      resource: RESOURCE,
      authorizationDetails: JSON.stringify(DETAILS, null, 2),
      claims: JSON.stringify({ sub: USER.id }, null, 2),
      user: { name: USER.id, password: USER.password },
    },
    without: {
      ...missingParts(localProvider(origin, origin), "The local server"),
      implicit:
        "OAuth 2.1 dropped this grant, and oidc-provider refuses response_type=token: try Google's emulator.",
    },
    implicitTypes: [],
    offlineAccess: offlineAccessIn(SCOPES),
    takesCertificate: true,
    createClient: localClients(recipe, shared),
    recipe,
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
