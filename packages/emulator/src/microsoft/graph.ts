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
 * Serves a part of Microsoft Graph: the profile, the groups, and userinfo.
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
    hasAny(scopes, PROFILE_SCOPES) ? jsonReply(describe(user)) : forbidden(server),
  );
  const groups = withUser(({ scopes }, user, c) => {
    if (!hasAny(scopes, GROUP_SCOPES)) return forbidden(server);
    const wanted = c.req.param("id");
    return wanted === undefined || wanted === user.oid
      ? jsonReply({ value: user.groups ?? [] })
      : graphError(404, "Request_ResourceNotFound", "Resource does not exist.", server.now());
  });
  for (const version of ["v1.0", "beta"]) {
    app.get(`/graph/${version}/me`, me);
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
    const message = `Resource not found for the segment '${c.req.path.split("/").at(-1)}'.`;
    return graphError(400, "BadRequest", message, server.now());
  });
}

const PROFILE_SCOPES = ["User.Read", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite"];

const GROUP_SCOPES = ["User.Read", "GroupMember.Read.All", "Directory.Read.All"];

function hasAny(scopes: readonly string[], accepted: readonly string[]): boolean {
  return scopes.some((scope) => [...accepted, ".default"].includes(shortName(scope)));
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
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
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
