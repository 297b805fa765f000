import { randomUUID } from "node:crypto";
import { atHash, flawedClaims } from "../oauth/id-token-flaws.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookUser } from "./users.ts";

// Not documented; from memory.
const LIFETIME_SECONDS = 3600;

/**
 * Signs an ID token, with the flaw that the switch sets. It never has `email_verified`.
 *
 * @see https://developers.facebook.com/docs/facebook-login/guides/advanced/oidc-token
 */
export function facebookIdToken(
  server: FacebookServer,
  user: FacebookUser,
  details: { readonly nonce: string | undefined; readonly accessToken: string },
): Promise<string> {
  const { endpoints, clientId, permissions, switches, now, keys } = server;
  const iat = Math.floor(now() / 1000);
  const withEmail = user.email !== undefined && permissions.has(user.id, "email");
  const claims = {
    iss: endpoints.issuer,
    aud: clientId,
    sub: user.id,
    iat,
    exp: iat + LIFETIME_SECONDS,
    jti: randomUUID(),
    ...(details.nonce === undefined ? {} : { nonce: details.nonce }),
    at_hash: atHash(details.accessToken),
    ...(withEmail ? { email: user.email } : {}),
    given_name: user.firstName,
    family_name: user.lastName,
    name: user.name,
    picture: user.picture,
  };
  return keys.sign(flawedClaims(switches.idToken, claims), {
    forged: switches.idToken === "forged-signature",
  });
}
