import type { Context, Hono } from "hono";
import { jsonReply } from "../oauth/responses.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { apiError, notFound } from "./api-errors.ts";
import { allows } from "./scopes.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubAccess } from "./tokens.ts";
import type { GitHubRepository, GitHubUser } from "./users.ts";

/** The Hono types of API routes behind the check of the access token. */
export interface SignedInEnv extends EmulatorEnv {
  Variables: EmulatorEnv["Variables"] & { access: GitHubAccess };
}

type SignedInContext = Context<SignedInEnv>;

/** Adds the routes for the profile, the e-mail addresses, the repositories and the organizations of the signed-in user. */
export function userApi(api: Hono<SignedInEnv>, server: GitHubServer): void {
  api.get("/user", (c) => {
    c.header("x-accepted-oauth-scopes", "");
    const { user, scopes } = c.get("access");
    return c.json(profile(server, user, allows(scopes, ["user"])));
  });
  api.get("/user/emails", (c) => emails(server, c));
  api.get("/user/repos", (c) => userRepositories(server, c));
  api.get("/user/orgs", (c) => pageOf(c, []));
}

/** Describes a user as the API does. */
export function profile(server: GitHubServer, user: GitHubUser, withPrivate: boolean): object {
  const { id, login, name, email, avatarUrl } = user;
  return {
    login,
    // A number; other providers send a string.
    id,
    node_id: Buffer.from(`04:User${id}`).toString("base64"),
    avatar_url: avatarUrl,
    url: `${server.endpoints.api}/users/${login}`,
    html_url: `${server.origin}/${login}`,
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

function emails(server: GitHubServer, c: SignedInContext): Response {
  const { user, scopes } = c.get("access");
  if (server.switches.appType === "github-app") {
    return server.switches.emailPermission
      ? pageOf(c, user.emails)
      : apiError(403, "Resource not accessible by integration", {
          "x-accepted-github-permissions": "emails=read",
        });
  }
  const reply = allows(scopes, ["user:email"]) ? pageOf(c, user.emails) : notFound();
  reply.headers.set("x-accepted-oauth-scopes", "user, user:email");
  return reply;
}

function userRepositories(server: GitHubServer, c: SignedInContext): Response {
  const { user, scopes } = c.get("access");
  const seesPrivate = server.switches.appType === "github-app" || allows(scopes, ["repo"]);
  const list = repositoryList(server, user);
  const reply = pageOf(
    c,
    list.filter((repository) => seesPrivate || !repository.private),
  );
  reply.headers.set("x-accepted-oauth-scopes", "repo");
  if (server.switches.ssoPartialResults) reply.headers.set("x-github-sso", PARTIAL_RESULTS);
  return reply;
}

// https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#authorizing-your-personal-access-token-for-saml-single-sign-on
const PARTIAL_RESULTS = "partial-results; organizations=21955855,20582480";

type WireRepository = GitHubRepository & { readonly id: number };

/** Lists all repositories of a user, as the API sends them. */
export function repositoryList(server: GitHubServer, user: GitHubUser): WireRepository[] {
  const { id, login, repositories = [] } = user;
  return repositories.map((repository, index) => ({
    id: id * 1000 + index,
    name: repository.name,
    full_name: `${login}/${repository.name}`,
    private: repository.private,
    html_url: `${server.origin}/${login}/${repository.name}`,
    owner: { id, login },
  }));
}

const MOST_PER_PAGE = 100;

/** Responds with one page of a list, and with the Link header to the others. */
function pageOf(c: SignedInContext, items: readonly unknown[]): Response {
  const perPage = Math.min(positive(c.req.query("per_page"), 30), MOST_PER_PAGE);
  const page = positive(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, relation: string): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
  ];
  const headers: Record<string, string> = links.length === 0 ? {} : { link: links.join(", ") };
  return jsonReply(items.slice((page - 1) * perPage, page * perPage), 200, headers);
}

function positive(given: string | undefined, otherwise: number): number {
  const number = Number(given);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}
