import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import type { ClaimsChallenge } from "./continuous-access.ts";
import { graphError } from "./errors.ts";
import { pairwiseSubject } from "./id-token.ts";
import type { MicrosoftServer } from "./server.ts";
import { GRAPH_ID, shortName } from "./token-reply.ts";
import type { MicrosoftAccess } from "./tokens.ts";
import type { MicrosoftUser } from "./users.ts";

type Respond = (access: MicrosoftAccess, user: MicrosoftUser, c: EmulatorContext) => Response;

/**
 * Serves a part of Microsoft Graph: the profile, the users of a tenant, the groups, an inbox, and userinfo.
 *
 * @see https://learn.microsoft.com/graph/api/user-get
 */
export function serveGraph(server: MicrosoftServer): void {
  const { app } = server;
  const withUser = (respond: Respond) => (c: EmulatorContext) => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    return access.user === undefined ? noUser(server) : respond(access, access.user, c);
  };
  const me = withUser(({ scopes }, user) =>
    hasAny(scopes, PROFILE_SCOPES)
      ? jsonReply({ "@odata.context": `${CONTEXT}#users/$entity`, ...describe(user) })
      : forbidden(server),
  );
  const messages = withUser(({ scopes }, user, c) =>
    hasAny(scopes, MAIL_SCOPES)
      ? listReply(c, `${CONTEXT}#users('${user.oid}')/messages`, [welcome(user)])
      : graphError(403, "ErrorAccessDenied", "Access is denied.", server.now()),
  );
  const revoke = withUser(({ scopes }, user) => {
    if (!hasAny(scopes, REVOCATION_SCOPES)) return forbidden(server);
    server.tokens.revokeUser(user.oid, server.continuousAccess.nextTime());
    return jsonReply({ "@odata.context": `${CONTEXT}#Edm.Boolean`, value: true });
  });
  const users = (c: EmulatorContext): Response => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    if (!hasAny(access.scopes, DIRECTORY_SCOPES)) return forbidden(server);
    const ofTenant = server.users.filter(({ tid }) => tid === access.tenant);
    return listReply(c, `${CONTEXT}#users`, ofTenant.map(describe));
  };
  const groups = withUser(({ scopes }, user, c) => {
    if (!hasAny(scopes, GROUP_SCOPES)) return forbidden(server);
    const wanted = c.req.param("id");
    return wanted === undefined || wanted === user.oid
      ? jsonReply({ value: user.groups ?? [] })
      : graphError(404, "Request_ResourceNotFound", "Resource does not exist.", server.now());
  });
  for (const version of ["v1.0", "beta"]) {
    app.on("GET", [`/graph/${version}/me`, `/graph/${version}/me/`], me);
    app.get(`/graph/${version}/me/messages`, messages);
    app.post(`/graph/${version}/me/revokeSignInSessions`, revoke);
    app.get(`/graph/${version}/users`, users);
    app.post(`/graph/${version}/me/getMemberObjects`, groups);
    app.post(`/graph/${version}/users/:id/getMemberObjects`, groups);
  }
  app.on(
    ["GET", "POST"],
    "/graph/oidc/userinfo",
    withUser((_, user) =>
      jsonReply({
        sub: pairwiseSubject(user, server.clientId),
        name: user.name,
        given_name: user.givenName,
        family_name: user.familyName,
        email: user.email,
        picture: `https://graph.microsoft.com/v1.0/me/photo/$value`,
      }),
    ),
  );
  app.all("/graph/*", (c) => {
    const access = graphAccess(server, c);
    if (access instanceof Response) return access;
    const segment = c.req.path.split("/").at(-1);
    const message = `Resource not found for the segment '${segment}'. The emulator does not serve this path.`;
    return graphError(400, "BadRequest", message, server.now());
  });
}

const CONTEXT = "https://graph.microsoft.com/v1.0/$metadata";

const PROFILE_SCOPES = ["user.read", "user.readbasic.all", "user.read.all", "user.readwrite"];

const GROUP_SCOPES = ["user.read", "groupmember.read.all", "directory.read.all"];

const DIRECTORY_SCOPES = ["user.readbasic.all", "user.read.all", "directory.read.all"];

const REVOCATION_SCOPES = [
  "user.revokesessions.all",
  "user.readwrite.all",
  "directory.readwrite.all",
];

const MAIL_SCOPES = ["mail.readbasic", "mail.read", "mail.readwrite"];

// Many applications, and samples of Microsoft's, write user.read.
function hasAny(scopes: readonly string[], accepted: readonly string[]): boolean {
  return scopes.some((scope) => [...accepted, ".default"].includes(shortName(scope).toLowerCase()));
}

function graphAccess(server: MicrosoftServer, c: EmulatorContext): MicrosoftAccess | Response {
  const token = authorizationHeader(c, "bearer");
  const invalid = (message: string): Response =>
    graphError(401, "InvalidAuthenticationToken", message, server.now());
  if (token === undefined) return invalid("Access token is empty.");
  const access = server.tokens.access(token);
  if (access === undefined) return invalid("IDX14100: JWT is not well formed, or it has expired.");
  if (access.audience !== GRAPH_ID && !access.audience.endsWith("graph.microsoft.com")) {
    return invalid("Access token validation failure. Invalid audience.");
  }
  const challenge = server.continuousAccess.challengeOf(access);
  return challenge === undefined ? access : challengeReply(server, challenge);
}

// https://learn.microsoft.com/entra/identity-platform/claims-challenge
function challengeReply(server: MicrosoftServer, { notBefore, reason }: ClaimsChallenge): Response {
  const claims = { access_token: { nbf: { essential: true, value: String(notBefore) } } };
  const encoded = Buffer.from(JSON.stringify(claims)).toString("base64");
  const message = `Continuous access evaluation resulted in challenge with result: InteractionRequired and code: ${reason}`;
  return graphError(401, "InvalidAuthenticationToken", message, server.now(), {
    "www-authenticate": `Bearer realm="", authorization_uri="${server.endpoints.authorization}", client_id="${GRAPH_ID}", error="insufficient_claims", claims="${encoded}"`,
  });
}

function noUser(server: MicrosoftServer): Response {
  const message = "/me request is only valid with delegated authentication flow.";
  return graphError(400, "BadRequest", message, server.now());
}

function forbidden(server: MicrosoftServer): Response {
  const message = "Insufficient privileges to complete the operation.";
  return graphError(403, "Authorization_RequestDenied", message, server.now());
}

function describe(user: MicrosoftUser): object {
  return {
    businessPhones: [],
    displayName: user.name,
    givenName: user.givenName ?? null,
    jobTitle: null,
    mail: user.email ?? null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: user.familyName ?? null,
    userPrincipalName: user.userPrincipalName,
    id: user.oid,
  };
}

function welcome(user: MicrosoftUser): object {
  return { id: `AAMk${user.oid}`, subject: `Welcome, ${user.name}`, isRead: false };
}

function listReply(c: EmulatorContext, context: string, list: readonly object[]): Response {
  const top = Number(c.req.query("$top")) || list.length;
  return jsonReply({ "@odata.context": context, value: list.slice(0, top) });
}
