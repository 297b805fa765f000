import { randomUUID } from "node:crypto";
import { jsonReply } from "../oauth/responses.ts";
import type { WireParameters } from "../server/parameters.ts";
import { bothClaims, NO_CLAIMS, readClaims } from "./claims-request.ts";
import type { ClaimsRequest } from "./claims-request.ts";
import { microsoftIdToken, pairwiseSubject } from "./id-token.ts";
import type { MicrosoftGrant, MicrosoftServer } from "./server.ts";
import type { MicrosoftUser } from "./users.ts";

/** The `aud` of Microsoft Graph. */
export const GRAPH_ID = "00000003-0000-0000-c000-000000000000";

/** The application's object in the directory of a tenant: the `oid` and `sub` of its own tokens. */
const SERVICE_PRINCIPAL = "77777777-0000-4000-8000-777777777777";

const GRAPH_URL = "https://graph.microsoft.com/";

/** The scopes that ask for more than an access token of an API. */
export const SIGN_IN_SCOPES: ReadonlySet<string> = new Set([
  "openid",
  "profile",
  "email",
  "offline_access",
]);

/** Issues tokens for a user and replies with them. */
export async function tokenReply(
  server: MicrosoftServer,
  granted: MicrosoftGrant,
  parameters: WireParameters,
): Promise<Response> {
  const claims = bothClaims(granted.claims ?? NO_CLAIMS, readClaims(parameters["claims"]));
  const grant = { ...granted, claims };
  const { scopes, user } = grant;
  const credential = credentialOf(server, parameters);
  const accessToken = await issueAccess(server, { user, scopes, claims, credential });
  const lifetime = server.switches.accessTokenLifetime;
  const offline = scopes.includes("offline_access");
  return jsonReply({
    token_type: "Bearer",
    scope: reportedScopes(server, scopes),
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: accessToken,
    refresh_token: offline ? server.tokens.issueRefresh(grant) : undefined,
    id_token: scopes.includes("openid")
      ? await microsoftIdToken(server, grant, accessToken)
      : undefined,
    client_info: parameters["client_info"] === "1" ? clientInfo(user) : undefined,
  });
}

/** How an application proved what it is (`azpacr`): by nothing, by a secret or by a certificate. */
export type MicrosoftCredential = "0" | "1" | "2";

/** Returns how the application of a token request proved what it is. */
export function credentialOf(
  { switches }: MicrosoftServer,
  parameters: WireParameters,
): MicrosoftCredential {
  if (parameters["client_assertion"] !== undefined) return "2";
  const isDevice = parameters["device_code"] !== undefined;
  return switches.clientType === "public" || isDevice ? "0" : "1";
}

/** What an access token is for. */
interface AccessRequest {
  /** The user; for a token of the application itself undefined. */
  readonly user?: MicrosoftUser;
  readonly scopes: readonly string[];
  readonly claims?: ClaimsRequest;
  /** The tenant of a token of the application itself. */
  readonly tenant?: string;
  readonly credential: MicrosoftCredential;
}

/**
 * Issues an access token for a user, or for the application itself. APIs must not read those of Graph.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export async function issueAccess(
  server: MicrosoftServer,
  { user, scopes, claims = NO_CLAIMS, tenant, credential }: AccessRequest,
): Promise<string> {
  const audience = audienceOf(scopes);
  const iat = Math.floor(server.now() / 1000);
  const tid = user?.tid ?? tenant;
  const names = scopes.filter((scope) => !SIGN_IN_SCOPES.has(scope)).map(shortName);
  const token = await server.keys.sign({
    aud: audience,
    iss: `${server.origin}/${tid}/v2.0`,
    iat,
    nbf: iat,
    exp: iat + server.switches.accessTokenLifetime,
    azp: server.clientId,
    azpacr: credential,
    tid,
    ...(user === undefined
      ? { idtyp: "app", oid: SERVICE_PRINCIPAL, sub: SERVICE_PRINCIPAL, roles: [] }
      : { oid: user.oid, sub: pairwiseSubject(user, audience), scp: names.join(" ") }),
    ...(claims.isCapable ? { xms_cc: ["cp1"] } : {}),
    uti: randomUUID(),
    ver: "2.0",
  });
  server.tokens.addAccess(token, { user, scopes, claims, tenant: tid, audience });
  return token;
}

/** Returns the id of the API that scopes are for: Graph, unless they name another one. */
function audienceOf(scopes: readonly string[]): string {
  const named = scopes.find((scope) => scope.includes("/") && !scope.startsWith(GRAPH_URL));
  return named === undefined
    ? GRAPH_ID
    : named.slice(0, named.lastIndexOf("/")).replace("api://", "");
}

/** Returns the name of a scope without the URL of Graph. */
export function shortName(scope: string): string {
  return scope.slice(scope.lastIndexOf("/") + 1);
}

// offline_access is never among them.
function reportedScopes({ switches }: MicrosoftServer, scopes: readonly string[]): string {
  const names = scopes
    .filter((scope) => scope !== "offline_access")
    .map((scope) => {
      const isShort = !SIGN_IN_SCOPES.has(scope) && !scope.includes("/");
      return isShort && switches.scopeNames === "long" ? GRAPH_URL + scope : scope;
    });
  return names.toReversed().join(" ");
}

function clientInfo({ oid, tid }: MicrosoftUser): string {
  return Buffer.from(JSON.stringify({ uid: oid, utid: tid })).toString("base64url");
}
