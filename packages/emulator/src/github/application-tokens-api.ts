import { createHash } from "node:crypto";
import type { Hono } from "hono";
import { jsonReply } from "../oauth/responses.ts";
import { basicCredentials, bodyParameters } from "../server/parameters.ts";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { apiError, notFound } from "./api-errors.ts";
import { narrowedAccess } from "./narrowed-access.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubAccess } from "./tokens.ts";
import { profile } from "./user-api.ts";

/**
 * Adds the routes that check, reset and delete an application's tokens.
 *
 * @see https://docs.github.com/rest/apps/oauth-applications
 */
export function applicationTokensApi(api: Hono<EmulatorEnv>, server: GitHubServer): void {
  const { tokens } = server;
  const withToken =
    (act: (access: GitHubAccess) => Response) =>
    (c: EmulatorContext): Response => {
      const refusal = applicationProblem(server, c);
      if (refusal !== undefined) return refusal;
      const { access_token: token } = bodyParameters(c);
      if (token === undefined) return apiError(422, "Validation Failed");
      const access = tokens.access(token);
      return access === undefined ? notFound() : act(access);
    };
  const path = "/applications/:client_id/token";
  api.post(
    path,
    withToken((access) => jsonReply(describeToken(server, access))),
  );
  api.patch(
    path,
    withToken((access) => jsonReply(describeToken(server, resetToken(server, access)))),
  );
  api.delete(
    path,
    withToken((access) => {
      tokens.revoke(access.token);
      return new Response(null, { status: 204 });
    }),
  );
  api.delete(
    "/applications/:client_id/grant",
    withToken((access) => {
      tokens.revokeUser(access.user.id);
      server.grants.delete(access.user.id);
      return new Response(null, { status: 204 });
    }),
  );
  api.post(`${path}/scoped`, (c) => withToken((access) => scopedToken(server, c, access))(c));
  api.post("/credentials/revoke", (c) => revokeLeaked(server, c));
}

function applicationProblem(server: GitHubServer, c: EmulatorContext): Response | undefined {
  const basic = basicCredentials(c);
  if (basic === undefined) return apiError(401, "Requires authentication");
  const { clientId, clientSecret } = server;
  // From memory: the status of wrong credentials.
  if (basic.name !== clientId || basic.password !== clientSecret) {
    return apiError(401, "Bad credentials");
  }
  return c.req.param("client_id") === clientId ? undefined : notFound();
}

function resetToken(server: GitHubServer, access: GitHubAccess): GitHubAccess {
  server.tokens.revoke(access.token);
  const { user, scopes, expiresAt } = access;
  const expiring = expiresAt !== Infinity;
  return server.tokens.issue({ user, scopes, expiring, fromDevice: false }).access;
}

// https://docs.github.com/rest/apps/apps#create-a-scoped-access-token
function scopedToken(server: GitHubServer, c: EmulatorContext, access: GitHubAccess): Response {
  const { target, target_id: id } = bodyParameters(c);
  if (target === undefined && id === undefined) return apiError(422, "Validation Failed");
  const installation = server.installations.list.find(
    ({ owner }) => owner.login === target || String(owner.id) === id,
  );
  if (installation === undefined) return notFound();
  const narrowed = narrowedAccess(server, installation, c.get("received").body);
  if (narrowed instanceof Response) return narrowed;
  const { user, scopes, expiresAt } = access;
  const expiring = expiresAt !== Infinity;
  const issued = server.tokens.issue({ user, scopes, expiring, fromDevice: false }).access;
  const { login, id: ownerId } = installation.owner;
  return jsonReply({
    ...describeToken(server, issued),
    installation: {
      permissions: narrowed.permissions,
      repository_selection: narrowed.selected ? "selected" : "all",
      single_file_name: null,
      repositories_url: `${server.endpoints.api}/user/repos`,
      account: { login, id: ownerId, type: "User" },
    },
  });
}

function describeToken(server: GitHubServer, access: GitHubAccess): object {
  const { id, token, user, scopes, createdAt, expiresAt } = access;
  const created = new Date(createdAt).toISOString();
  return {
    id,
    url: `${server.endpoints.api}/authorizations/${id}`,
    app: { client_id: server.clientId, name: server.clientId, url: server.origin },
    token,
    token_last_eight: token.slice(-8),
    hashed_token: createHash("sha256").update(token).digest("hex"),
    scopes,
    note: null,
    note_url: null,
    created_at: created,
    updated_at: created,
    expires_at: expiresAt === Infinity ? null : new Date(expiresAt).toISOString(),
    fingerprint: null,
    user: profile(server, user, false),
  };
}

const MOST_CREDENTIALS = 1000;

// Anyone may report a leaked token, so this needs no authentication.
// https://docs.github.com/rest/credentials/revoke
function revokeLeaked(server: GitHubServer, c: EmulatorContext): Response {
  const { credentials } = c.get("received").body;
  const isList =
    Array.isArray(credentials) && credentials.every((token) => typeof token === "string");
  if (!isList || credentials.length === 0 || credentials.length > MOST_CREDENTIALS) {
    return apiError(422, "Validation Failed");
  }
  // The response does not tell which of them were valid.
  for (const token of credentials) server.tokens.revoke(token);
  return jsonReply({}, 202);
}
