import type { Hono } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";
import { graphAccess, tokenProblem } from "./graph-access.ts";
import { graphReply } from "./graph-error.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookAccess } from "./tokens.ts";

/**
 * Serves debug_token, which describes tokens. Invalid tokens get HTTP 200 too.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/debug_token
 */
export function serveDebugToken(graph: Hono<EmulatorEnv>, server: FacebookServer): void {
  graph.get("/debug_token", (c) => {
    const asker = graphAccess(server, c);
    if (asker instanceof Response) return asker;
    const access = server.tokens.find(c.req.query("input_token") ?? "");
    if (access === undefined) {
      const error = { code: 190, message: "Invalid OAuth access token." };
      return graphReply({ data: { error, is_valid: false, scopes: [] } });
    }
    // A token of another app is described as valid: the caller must compare app_id.
    const foreign = access.appId !== server.clientId;
    const problem = foreign ? undefined : tokenProblem(server, access);
    const error = problem && {
      code: problem.code,
      message: problem.message,
      subcode: problem.subcode,
    };
    return graphReply({ data: { ...describeToken(server, access), error, is_valid: !problem } });
  });
}

function describeToken(server: FacebookServer, access: FacebookAccess): object {
  const { type, appId, user, page, issuedAt, expiresAt, dataAccessExpiresAt } = access;
  const scopes = user === undefined ? [] : server.permissions.withStatus(user.id, "granted");
  const pageScopes = scopes.filter((scope) => scope.startsWith("pages_"));
  return {
    app_id: appId,
    type,
    application: appId === server.clientId ? "Emulated app" : "Another app",
    data_access_expires_at: seconds(dataAccessExpiresAt),
    // 0 means never.
    expires_at: seconds(expiresAt),
    issued_at: seconds(issuedAt),
    scopes,
    granular_scopes: pageScopes.map((scope) => ({
      scope,
      target_ids: (user?.pages ?? []).map(({ id }) => id),
    })),
    user_id: user?.id,
    profile_id: page?.id,
  };
}

function seconds(milliseconds: number | undefined): number {
  return Math.floor((milliseconds ?? 0) / 1000);
}
