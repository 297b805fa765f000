import type { EmulatorContext } from "../server/request-log.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubUser } from "./users.ts";

/** The fields of a reply of the token or device endpoint. */
export type ReplyFields = Readonly<Record<string, string | number | undefined>>;

/**
 * Makes a response with HTTP 200, even for errors, form-encoded unless Accept asks for JSON or XML.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#response
 */
export function formattedReply(c: EmulatorContext, fields: ReplyFields): Response {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  const accept = c.req.header("accept") ?? "";
  if (accept.includes("application/json")) {
    return reply(JSON.stringify(Object.fromEntries(present)), "application/json; charset=utf-8");
  }
  if (accept.includes("application/xml")) {
    const elements = present.map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`);
    return reply(`<OAuth>${elements.join("")}</OAuth>`, "application/xml; charset=utf-8");
  }
  const form = new URLSearchParams();
  for (const [name, value] of present) form.set(name, String(value));
  return reply(form.toString(), "application/x-www-form-urlencoded; charset=utf-8");
}

/** Makes an error response of the token or device endpoint. */
export function errorReply(
  c: EmulatorContext,
  error: string,
  description: string,
  more: ReplyFields = {},
): Response {
  const page =
    "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/";
  return formattedReply(c, {
    error,
    error_description: description,
    error_uri: `${page}#${error.replaceAll("_", "-")}`,
    ...more,
  });
}

function reply(body: string, contentType: string): Response {
  return new Response(body, {
    headers: { "content-type": contentType, "cache-control": "no-store" },
  });
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Issues tokens and replies with them. */
export function issueTokens(
  server: GitHubServer,
  c: EmulatorContext,
  grant: {
    readonly user: GitHubUser;
    readonly scopes: readonly string[];
    readonly offlineAccess: boolean;
    readonly fromDevice: boolean;
    readonly family?: number;
  },
): Response {
  const { switches, tokens } = server;
  const { user, scopes, offlineAccess, fromDevice, family } = grant;
  const isApp = switches.appType === "github-app";
  const expiring =
    switches.expiringTokens === "by-app-type"
      ? isApp || offlineAccess
      : switches.expiringTokens || (offlineAccess && !isApp);
  const { access, refreshToken } = tokens.issue({
    user,
    scopes,
    expiring,
    fromDevice,
    ...(family !== undefined && { family }),
  });
  return formattedReply(c, {
    access_token: access.token,
    ...(refreshToken === undefined
      ? {}
      : {
          expires_in: switches.accessTokenLifetime,
          refresh_token: refreshToken,
          refresh_token_expires_in: switches.refreshTokenLifetime,
        }),
    // Comma-separated, and empty for a GitHub App.
    scope: access.scopes.join(","),
    token_type: "bearer",
  });
}
