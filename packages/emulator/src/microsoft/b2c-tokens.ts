import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { atHash, flawedClaims } from "../oauth/id-token-flaws.ts";
import { jsonReply } from "../oauth/responses.ts";
import { b2cEndpoints } from "./b2c-endpoints.ts";
import { NO_CLAIMS } from "./claims-request.ts";
import type { B2cGrant } from "./b2c-grants.ts";
import type { MicrosoftServer } from "./server.ts";
import { SIGN_IN_SCOPES, shortName } from "./token-reply.ts";

const LIFETIME_SECONDS = 3600;

/**
 * Issues tokens and replies with them. Without the scope of an API (or the client id) there is no access token. Numbers are
 * strings, as Microsoft's documentation shows them.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/authorization-code-flow#2-get-an-access-token
 */
export async function b2cTokenReply(server: MicrosoftServer, grant: B2cGrant): Promise<Response> {
  const { scopes } = grant;
  const iat = Math.floor(server.now() / 1000);
  const audience = audienceOf(server, scopes);
  const access = audience && (await accessToken(server, grant, audience));
  const lifetime = server.switches.accessTokenLifetime;
  const isOffline = scopes.includes("offline_access");
  return jsonReply({
    access_token: access,
    id_token: scopes.includes("openid") ? await b2cIdToken(server, grant, access) : undefined,
    token_type: "Bearer",
    not_before: String(iat),
    ...(access === undefined
      ? { id_token_expires_in: String(LIFETIME_SECONDS) }
      : { expires_in: String(lifetime), expires_on: String(iat + lifetime), resource: audience }),
    scope: scopes.join(" "),
    refresh_token: isOffline ? server.b2cGrants.issueRefresh(grant) : undefined,
    refresh_token_expires_in: isOffline ? String(server.switches.refreshTokenLifetime) : undefined,
  });
}

/**
 * Signs an ID token, with the flaw that the switch sets.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview#claims
 */
export function b2cIdToken(
  server: MicrosoftServer,
  grant: B2cGrant,
  access: string | undefined,
): Promise<string> {
  const { idToken: flaw } = server.switches;
  const claims = {
    ...commonClaims(server, grant, server.clientId, LIFETIME_SECONDS),
    auth_time: grant.signedInAt,
    ...(access === undefined ? {} : { at_hash: atHash(access) }),
  };
  const forged = flaw === "forged-signature";
  return server.b2cKeys.sign(flawedClaims(flaw, claims), { forged });
}

/**
 * Signs an access token, which has the nonce too, but no time of the sign-in.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/access-tokens#request-a-token
 */
async function accessToken(
  server: MicrosoftServer,
  grant: B2cGrant,
  audience: string,
): Promise<string> {
  const { scopes, user } = grant;
  const names = scopes.filter((scope) => scope.includes("/")).map(shortName);
  const token = await server.b2cKeys.sign({
    ...commonClaims(server, grant, audience, server.switches.accessTokenLifetime),
    azp: server.clientId,
    ...(names.length === 0 ? {} : { scp: names.join(" ") }),
  });
  server.tokens.addAccess(token, { user, scopes, claims: NO_CLAIMS, audience });
  return token;
}

function commonClaims(
  server: MicrosoftServer,
  { user, policy, nonce }: B2cGrant,
  audience: string,
  lifetime: number,
): JWTPayload {
  const { switches } = server;
  const iat = Math.floor(server.now() / 1000);
  return {
    ver: "1.0",
    iss: b2cEndpoints(server, policy).issuer,
    // The same in all applications of the tenant, by default.
    sub: user.oid,
    aud: audience,
    exp: iat + lifetime,
    nbf: iat,
    iat,
    oid: user.oid,
    name: user.name,
    ...(user.givenName === undefined ? {} : { given_name: user.givenName }),
    ...(user.familyName === undefined ? {} : { family_name: user.familyName }),
    // A list, in place of the claim email.
    ...(user.email === undefined ? {} : { emails: [user.email] }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(switches.b2cPolicyClaim === "none" ? {} : { [switches.b2cPolicyClaim]: policy }),
    jti: createHash("sha256").update(String(Math.random())).digest("base64url").slice(0, 22),
  };
}

/** Returns the id of the API that the scopes are for: the application's own for its client id; undefined for none. */
function audienceOf({ clientId }: MicrosoftServer, scopes: readonly string[]): string | undefined {
  const named = scopes.find((scope) => !SIGN_IN_SCOPES.has(scope));
  if (named === undefined || named === clientId) return named;
  const parts = named.split("/");
  return parts.at(-2) ?? named;
}
