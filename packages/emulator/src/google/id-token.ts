import { randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import { atHash, flawedClaims } from "../oauth/id-token-flaws.ts";
import { canonicalScope } from "./scopes.ts";
import type { GoogleServer } from "./server.ts";
import type { GoogleUser } from "./users.ts";

const LIFETIME_SECONDS = 3600;

/** Signs an ID token for a user, with the flaw that the switch sets. */
export function googleIdToken(
  server: GoogleServer,
  user: GoogleUser,
  details: {
    readonly scopes: readonly string[];
    readonly nonce?: string | undefined;
    readonly accessToken?: string | undefined;
    /** Further claims, which replace those of the same name. */
    readonly more?: JWTPayload;
  },
): Promise<string> {
  const { clientId, switches, now, keys } = server;
  const iat = Math.floor(now() / 1000);
  const claims: JWTPayload = {
    iss: tokenIssuer(server),
    azp: clientId,
    aud: clientId,
    ...profileClaims(user, details.scopes),
    ...hostedDomain(server, user),
    ...(details.nonce === undefined ? {} : { nonce: details.nonce }),
    ...(details.accessToken === undefined ? {} : { at_hash: atHash(details.accessToken) }),
    iat,
    exp: iat + LIFETIME_SECONDS,
    jti: randomUUID(),
    ...details.more,
  };
  const forged = switches.idToken === "forged-signature";
  return keys.sign(flawedClaims(switches.idToken, claims), { forged });
}

/** Signs an ID token of a service account for another audience, such as a Cloud Run service. */
export function serviceIdToken(
  server: GoogleServer,
  account: { readonly email: string; readonly id: string },
  audience: string,
): Promise<string> {
  const iat = Math.floor(server.now() / 1000);
  return server.keys.sign({
    iss: tokenIssuer(server),
    aud: audience,
    azp: account.email,
    sub: account.id,
    email: account.email,
    email_verified: true,
    iat,
    exp: iat + LIFETIME_SECONDS,
  });
}

function tokenIssuer({ endpoints, switches }: GoogleServer): string {
  return switches.issuer === "bare" ? withoutScheme(endpoints.issuer) : endpoints.issuer;
}

/** Returns the OpenID Connect claims about a user that the scopes allow. */
export function profileClaims(
  user: GoogleUser,
  scopes: readonly string[],
): Record<string, string | boolean | undefined> {
  const granted = new Set(scopes.map(canonicalScope));
  const email = { email: user.email, email_verified: user.emailVerified };
  const profile = {
    name: user.name,
    given_name: user.givenName,
    family_name: user.familyName,
    picture: user.picture,
  };
  return {
    sub: user.sub,
    ...(granted.has(canonicalScope("email")) ? email : {}),
    ...(granted.has(canonicalScope("profile")) ? profile : {}),
  };
}

/** Returns the `hd` of a user, as the switch sets it. */
export function hostedDomain(server: GoogleServer, user: GoogleUser): { hd?: string } {
  if (server.switches.hd === "wrong") return { hd: "another-organization.example" };
  return server.switches.hd === "user" && user.hd !== undefined ? { hd: user.hd } : {};
}

function withoutScheme(issuer: string): string {
  return issuer.replace(/^https?:\/\//, "");
}
