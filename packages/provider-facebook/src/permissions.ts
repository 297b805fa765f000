import { OAuthError, type OAuth2Session, Token } from "@grantkit/core";
import { callGraph, listOf, unusableAnswer } from "./graph-call.ts";

/** What a user has decided about your app's permissions. */
export interface FacebookPermissions {
  /** What the user has granted. */
  readonly granted: readonly string[];
  /** What the user has declined: `authType: "rerequest"` asks again. */
  readonly declined: readonly string[];
  /** What has expired because the user did not use the app for a long time. */
  readonly expired: readonly string[];
}

const WHAT = "list the user's permissions, so that the granted scopes are known";

/** Matches what can be a permission: no character that separates scopes, or that the records of tokens refuse. */
const PERMISSION = /^[\w.:/-]+$/;

/**
 * Asks the Graph API what the session's user has decided about the permissions.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user/permissions
 */
export async function permissionsOf(session: OAuth2Session): Promise<FacebookPermissions> {
  const { data } = await callGraph(session, WHAT, "/me/permissions");
  const list = listOf(data);
  if (list === undefined) throw unusableAnswer(WHAT);
  const found = {
    granted: new Set<string>(),
    declined: new Set<string>(),
    expired: new Set<string>(),
  };
  const others = new Set<string>();
  for (const { permission, status } of list) {
    const isPermission = typeof permission === "string" && PERMISSION.test(permission);
    if (!isPermission || typeof status !== "string") throw unusableAnswer(WHAT);
    const isKnown = status === "granted" || status === "declined" || status === "expired";
    if (isKnown) found[status].add(permission);
    if (status !== "granted") others.add(permission);
  }
  return {
    // A permission that is listed as granted and as declined is not certain.
    granted: [...found.granted].filter((permission) => !others.has(permission)),
    declined: [...found.declined],
    expired: [...found.expired],
  };
}

/** Returns the session's token with the granted permissions as its scope: the token response has none. */
export async function withGrantedScopes(session: OAuth2Session): Promise<Token> {
  const { granted: scope } = await permissionsOf(session);
  const { token } = session;
  const missing = token.requestedScope.filter((name) => !scope.includes(name));
  const additional = scope.filter((name) => !token.requestedScope.includes(name));
  const isSame = missing.length === 0 && additional.length === 0;
  const scopeChange = isSame ? undefined : { missing, additional };
  return Token.from({ ...token.toJSON(), scope, scopeChange });
}

/** Takes a permission from the app. */
export async function deletePermission(session: OAuth2Session, permission: string): Promise<void> {
  if (typeof permission !== "string" || !/^\w+$/.test(permission)) {
    throw new OAuthError(
      "URL_INVALID",
      'The permission cannot be deleted: pass one permission, for example "email".',
      { provider: "facebook" },
    );
  }
  const what = "delete a permission";
  const path = `/me/permissions/${encodeURIComponent(permission)}`;
  const { success } = await callGraph(session, what, path, { method: "DELETE" });
  if (success !== true) throw unusableAnswer(what);
}
