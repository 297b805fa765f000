import type { Hono } from "hono";
import type { SignedInEnv } from "./api-context.ts";
import { pageOf } from "./pagination.ts";
import { allows } from "./scopes.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubWorld } from "./world.ts";

/** A repository as the REST API tells it. */
interface WireRepository {
  readonly id: number;
  readonly name: string;
  readonly full_name: string;
  readonly private: boolean;
  readonly html_url: string;
  readonly owner: { readonly id: number; readonly login: string };
}

/** All of a user's repositories. */
export function repositoryList(world: GitHubWorld, user: GitHubUser): WireRepository[] {
  const { id, login, repositories = [] } = user;
  return repositories.map((repository, index) => ({
    id: id * 1000 + index,
    name: repository.name,
    full_name: `${login}/${repository.name}`,
    private: repository.private,
    html_url: `${world.origin}/${login}/${repository.name}`,
    owner: { id, login },
  }));
}

/** Adds the signed-in user's repositories; private ones only for those who may know of them. */
export function repositoriesApi(api: Hono<SignedInEnv>, world: GitHubWorld): void {
  api.get("/user/repos", (c) => {
    const { user, scopes } = c.get("access");
    const seesPrivate = world.switches.appType === "github-app" || allows(scopes, ["repo"]);
    const list = repositoryList(world, user).filter(
      (repository) => seesPrivate || !repository.private,
    );
    const reply = pageOf(c, list);
    reply.headers.set("x-accepted-oauth-scopes", "repo");
    return reply;
  });
}
