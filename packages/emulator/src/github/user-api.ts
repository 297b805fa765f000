import type { Hono } from "hono";
import { apiError, notFound } from "./api-errors.ts";
import type { SignedInContext, SignedInEnv } from "./api-context.ts";
import { pageOf } from "./pagination.ts";
import { allows } from "./scopes.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubWorld } from "./world.ts";

/** Adds the signed-in user's profile and e-mail addresses. */
export function userApi(api: Hono<SignedInEnv>, world: GitHubWorld): void {
  api.get("/user", (c) => {
    c.header("x-accepted-oauth-scopes", "");
    const { user, scopes } = c.get("access");
    return c.json(profile(world, user, allows(scopes, ["user"])));
  });
  api.get("/user/emails", (c) => emails(world, c));
}

/** A user as the REST API tells it. */
export function profile(world: GitHubWorld, user: GitHubUser, withPrivate: boolean): object {
  const { id, login, name, email, avatarUrl } = user;
  return {
    login,
    // A number, where other providers send a string.
    id,
    node_id: Buffer.from(`04:User${id}`).toString("base64"),
    avatar_url: avatarUrl,
    url: `${world.endpoints.api}/users/${login}`,
    html_url: `${world.origin}/${login}`,
    type: "User",
    site_admin: false,
    name,
    company: null,
    blog: "",
    location: null,
    email,
    bio: null,
    public_repos: (user.repositories ?? []).filter((repository) => !repository.private).length,
    created_at: "2015-12-10T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    ...(withPrivate ? { two_factor_authentication: true, plan: { name: "free" } } : {}),
  };
}

function emails(world: GitHubWorld, c: SignedInContext): Response {
  const { user, scopes } = c.get("access");
  if (world.switches.appType === "github-app") {
    return world.switches.emailPermission
      ? pageOf(c, user.emails)
      : apiError(403, "Resource not accessible by integration", {
          "x-accepted-github-permissions": "emails=read",
        });
  }
  const reply = allows(scopes, ["user:email"]) ? pageOf(c, user.emails) : notFound();
  reply.headers.set("x-accepted-oauth-scopes", "user, user:email");
  return reply;
}
