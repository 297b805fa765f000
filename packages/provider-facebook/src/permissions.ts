import { OAuthError, type OAuth2Session, Token } from "@grantkit/core";
import { compareScopes, type Fields, readList, readText } from "@grantkit/core/requests";
import { callGraph } from "./graph-call.ts";

/** What a user has decided about your app's permissions. */
export interface FacebookPermissions {
  /** What the user has granted. */
  readonly granted: readonly string[];
  /** What the user has declined: `authType: "rerequest"` asks again. */
  readonly declined: readonly string[];
  /** What has expired because the user did not use the app for a long time. */
  readonly expired: readonly string[];
}

/** Matches what can be a permission: no character that separates scopes, or that the records of tokens refuse. */
const PERMISSION = /^[\w.:/-]+$/;

/**
 * Asks the Graph API what the session's user has decided about the permissions.
 *
 * @see https://developers.facebook.com/docs/graph-api/reference/user/permissions
 */
export async function permissionsOf(session: OAuth2Session): Promise<FacebookPermissions> {
  const what = "the request for the user's permissions";
  const { fields, unusable } = await callGraph(session, { url: "/me/permissions", what });
  const list = readList(fields()["data"]) ?? [{}];
  if (!list.every(isPermission)) throw unusable();
  const named = (fits: (status: unknown) => boolean): string[] =>
    [
      ...new Set(list.filter(({ status }) => fits(status)).map(({ permission }) => permission)),
    ] as string[];
  const others = named((status) => status !== "granted");
  return {
    // A permission that is listed as granted and as declined is not certain.
    granted: named((status) => status === "granted").filter((name) => !others.includes(name)),
    declined: named((status) => status === "declined"),
    expired: named((status) => status === "expired"),
  };
}

function isPermission({ permission, status }: Fields): boolean {
  return PERMISSION.test(readText(permission) ?? "") && typeof status === "string";
}

/** Returns the session's token with the granted permissions as its scope: the token response has none. */
export async function withGrantedScopes(session: OAuth2Session): Promise<Token> {
  const { granted: scope } = await permissionsOf(session);
  const { token } = session;
  const scopeChange = compareScopes(token.requestedScope, scope);
  return Token.from({ ...token.toJSON(), scope, scopeChange });
}

/** Takes a permission from the app. */
export async function deletePermission(session: OAuth2Session, permission: string): Promise<void> {
  if (typeof permission !== "string" || !/^\w+$/.test(permission)) {
    const message = 'The permission cannot be deleted: pass one permission, for example "email".';
    throw new OAuthError("URL_INVALID", message, { provider: "facebook" });
  }
  const { fields, unusable } = await callGraph(session, {
    method: "DELETE",
    url: `/me/permissions/${encodeURIComponent(permission)}`,
    what: "the request to delete a permission",
  });
  if (fields()["success"] !== true) throw unusable();
}
