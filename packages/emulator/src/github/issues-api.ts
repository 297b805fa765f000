import type { Hono } from "hono";
import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { apiError, notFound } from "./api-errors.ts";
import { suspended } from "./app-api.ts";
import { covers } from "./github-app.ts";
import type { InstallationAccess } from "./github-app.ts";
import { allows } from "./scopes.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubAccess } from "./tokens.ts";

/** What a token may do in the repository of a request. */
interface RepositoryAccess {
  /** Who creates an issue: the user, or the GitHub App. */
  readonly login: string;
  readonly writesIssues: boolean;
}

/**
 * Adds the routes that list and create the issues of a repository, for tokens of users and of installations.
 *
 * @see https://docs.github.com/rest/issues/issues
 */
export function issuesApi(api: Hono<EmulatorEnv>, server: GitHubServer): void {
  const issues = new Map<string, object[]>();
  const issuesOf = (c: EmulatorContext): object[] => {
    const name = fullName(c);
    const list = issues.get(name) ?? [];
    issues.set(name, list);
    return list;
  };
  api.get("/repos/:owner/:name/issues", (c) => {
    const access = repositoryAccess(server, c);
    return access instanceof Response ? access : jsonReply(issuesOf(c));
  });
  api.post("/repos/:owner/:name/issues", (c) => {
    const access = repositoryAccess(server, c);
    if (access instanceof Response) return access;
    if (!access.writesIssues) return apiError(403, NOT_ACCESSIBLE, PERMISSION);
    const { title } = c.get("received").body;
    if (typeof title !== "string" || title === "") return apiError(422, "Validation Failed");
    const list = issuesOf(c);
    const number = list.length + 1;
    const url = `${server.origin}/${fullName(c)}/issues/${number}`;
    const issue = { number, title, state: "open", html_url: url, user: { login: access.login } };
    list.push(issue);
    return jsonReply(issue, 201);
  });
}

const NOT_ACCESSIBLE = "Resource not accessible by integration";
const PERMISSION = { "x-accepted-github-permissions": "issues=write" };

function fullName(c: EmulatorContext): string {
  const { owner, name } = c.req.param() as Record<"owner" | "name", string>;
  return `${owner}/${name}`;
}

/** Returns what the token of a request may do in the repository, or the error response. */
function repositoryAccess(server: GitHubServer, c: EmulatorContext): RepositoryAccess | Response {
  const token = authorizationHeader(c, "bearer") ?? authorizationHeader(c, "token");
  const ofInstallation = server.installations.access(token);
  if (ofInstallation !== undefined)
    return accessOfInstallation(server, ofInstallation, fullName(c));
  const ofUser = server.tokens.access(token);
  if (ofUser === undefined) return apiError(401, "Bad credentials");
  return accessOfUser(server, ofUser, fullName(c)) ?? notFound();
}

function accessOfInstallation(
  { switches, clientId }: GitHubServer,
  { installation, repositories, permissions }: InstallationAccess,
  repository: string,
): RepositoryAccess | Response {
  if (switches.installationsSuspended) return suspended();
  const { login } = installation.owner;
  const isGranted = repositories.some(({ name }) => `${login}/${name}` === repository);
  const writesIssues = covers(permissions, { issues: "write" });
  return isGranted ? { login: `${clientId}[bot]`, writesIssues } : notFound();
}

function accessOfUser(
  { switches, users }: GitHubServer,
  { user: { login }, scopes }: GitHubAccess,
  wanted: string,
): RepositoryAccess | undefined {
  const owner = users.find((user) => wanted.startsWith(`${user.login}/`));
  const found = owner?.repositories?.find(({ name }) => `${owner.login}/${name}` === wanted);
  const isOwner = owner?.login === login;
  // The app is installed on the account of each user, so a user's token of it reaches that account.
  const [seesPrivate, writesIssues] =
    switches.appType === "github-app"
      ? [isOwner, isOwner]
      : [isOwner && allows(scopes, ["repo"]), allows(scopes, ["public_repo"])];
  return found === undefined || (found.private && !seesPrivate)
    ? undefined
    : { login, writesIssues };
}
