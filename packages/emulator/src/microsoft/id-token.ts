import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { atHash, flawedClaims } from "../oauth/id-token-flaws.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import { CONSUMERS } from "./endpoints.ts";
import type { MicrosoftGrant, MicrosoftServer } from "./server.ts";
import type { MicrosoftUser } from "./users.ts";

const LIFETIME_SECONDS = 3600;

/**
 * Signs an ID token, with the flaw that the switch sets.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
export function microsoftIdToken(
  server: MicrosoftServer,
  { user, scopes, nonce }: MicrosoftGrant,
  accessToken?: string,
): Promise<string> {
  const { switches, clientId } = server;
  const iat = Math.floor(server.now() / 1000);
  const claims: JWTPayload = {
    ver: "2.0",
    iss: `${server.origin}/${user.tid}/v2.0`,
    sub: pairwiseSubject(user, clientId),
    aud: clientId,
    exp: iat + LIFETIME_SECONDS,
    iat,
    nbf: iat,
    ...(scopes.includes("profile") ? profileClaims(server, user) : {}),
    ...(scopes.includes("email") ? emailClaims(server, user) : {}),
    ...(nonce === undefined ? {} : { nonce }),
    ...(accessToken === undefined ? {} : { at_hash: atHash(accessToken) }),
    tid: user.tid,
    uti: createHash("sha256").update(String(Math.random())).digest("base64url").slice(0, 22),
  };
  const forged = switches.idToken === "forged-signature";
  const own = switches.signingKey === "own";
  return keysOf(server, user, own).sign(flawedClaims(switches.idToken, claims), { forged });
}

/** Returns the keys that sign tokens of a user, or with `own` false those of another issuer. */
function keysOf(server: MicrosoftServer, { tid }: MicrosoftUser, own: boolean): SigningKeys {
  return (tid === CONSUMERS) === own ? server.consumerKeys : server.keys;
}

/** Returns the id of a user for one application. */
export function pairwiseSubject({ oid, tid }: MicrosoftUser, clientId: string): string {
  return createHash("sha256").update(`${tid}.${oid}.${clientId}`).digest("base64url");
}

function profileClaims(server: MicrosoftServer, user: MicrosoftUser): JWTPayload {
  return {
    name: user.name,
    preferred_username: user.userPrincipalName,
    oid: user.oid,
    ...(user.roles === undefined ? {} : { roles: user.roles }),
    ...groupClaims(server, user),
  };
}

function emailClaims({ switches }: MicrosoftServer, user: MicrosoftUser): JWTPayload {
  if (user.email === undefined) return {};
  const verified = user.emailDomainVerified === true;
  return { email: user.email, ...(switches.xmsEdov ? { xms_edov: verified } : {}) };
}

const MOST_GROUPS = 200;

// https://learn.microsoft.com/security/zero-trust/develop/configure-tokens-group-claims-app-roles#group-overages
function groupClaims(
  { switches }: MicrosoftServer,
  { oid, groups = [] }: MicrosoftUser,
): JWTPayload {
  if (switches.groups === "none") return {};
  if (switches.groups === "claim" && groups.length <= MOST_GROUPS) return { groups };
  // Clients must not take the host from here: it may be that of a retired API.
  const endpoint = `https://graph.windows.net/${oid}/getMemberObjects`;
  return { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint } } };
}
