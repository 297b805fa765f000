import { randomUUID } from "node:crypto";
import { createLocalJWKSet, jwtVerify } from "jose";
import { flawedClaims } from "../oauth/id-token-flaws.ts";
import { jsonReply } from "../oauth/responses.ts";
import { bodyParameters } from "../server/parameters.ts";
import { limitedLoginUrls } from "./endpoints.ts";
import { graphError, graphReply } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookLimitedLogin } from "./limited-login-choice.ts";

// Not documented; from memory.
const LIFETIME_SECONDS = 3600;

/**
 * Signs the ID token that iOS apps get without tracking consent. It is no access token.
 *
 * @see https://developers.facebook.com/documentation/facebook-login/limited-login/token
 */
export async function createLimitedLoginToken(
  server: FacebookServer,
  { user: name, nonce }: FacebookLimitedLogin,
): Promise<string> {
  const { switches, origin, endpoints, clientId, keys, limitedKeys } = server;
  const user = name === undefined ? (server.users[0] as FacebookUser) : server.requireUser(name);
  server.permissions.decide(user.id, ["public_profile"], ["public_profile"]);
  const iat = Math.floor(server.now() / 1000);
  const claims = {
    iss:
      switches.limitedIssuer === "limited"
        ? limitedLoginUrls(origin).limitedIssuer
        : endpoints.issuer,
    aud: clientId,
    sub: user.id,
    ...(nonce === undefined ? {} : { nonce }),
    jti: randomUUID(),
    iat,
    exp: iat + LIFETIME_SECONDS,
    name: user.name,
    given_name: user.firstName,
    family_name: user.lastName,
    ...(user.email === undefined ? {} : { email: user.email }),
    picture: user.picture,
  };
  const ring = switches.limitedKeys === "www" ? keys : limitedKeys;
  return ring.sign(flawedClaims(switches.idToken, claims), {
    forged: switches.idToken === "forged-signature",
  });
}

/** Serves the keys of the other host, and the removal of the application by a Limited Login token. */
export function serveLimitedLogin(server: FacebookServer): void {
  const { app, limitedKeys, clientId, permissions } = server;
  for (const slash of ["", "/"]) {
    app.get(`/limited/.well-known/oauth/openid/jwks${slash}`, async () =>
      jsonReply(await limitedKeys.jwks(), 200, { "cache-control": "public, max-age=3600" }),
    );
    app.post(`/platform/uninstall${slash}`, async (c) => {
      const { id_token: token = "", app_id: appId } = bodyParameters(c);
      const sub = appId === clientId ? await verifiedSubject(server, token) : undefined;
      return sub === undefined
        ? graphError({ message: "Invalid id_token or app_id", code: 100 })
        : graphReply({ success: permissions.remove(sub) });
    });
  }
}

async function verifiedSubject(server: FacebookServer, token: string): Promise<string | undefined> {
  const published = await Promise.all([server.keys.jwks(), server.limitedKeys.jwks()]);
  const keys = createLocalJWKSet({ keys: published.flatMap((set) => set.keys) });
  try {
    const options = { audience: server.clientId, currentDate: new Date(server.now()) };
    return (await jwtVerify(token, keys, options)).payload.sub;
  } catch {
    return undefined;
  }
}
