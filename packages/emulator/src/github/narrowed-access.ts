import { apiError } from "./api-errors.ts";
import { covers } from "./github-app.ts";
import type { GitHubInstallation, GitHubPermissions } from "./github-app.ts";
import type { GitHubServer } from "./server.ts";
import { repositoryList } from "./user-api.ts";
import type { GitHubRepository } from "./users.ts";

/** The part of an installation's access that a token is for. */
export interface NarrowedAccess {
  readonly permissions: GitHubPermissions;
  readonly repositories: readonly GitHubRepository[];
  readonly selected: boolean;
}

interface AccessRequest {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: GitHubPermissions;
}

/** Narrows the access of an installation to the requested repositories and permissions, or returns the error response. */
export function narrowedAccess(
  server: GitHubServer,
  installation: GitHubInstallation,
  wanted: AccessRequest,
): NarrowedAccess | Response {
  const { repositories: names, repository_ids: ids, permissions } = wanted;
  const all = repositoryList(server, installation.owner);
  const chosen = all.filter(
    ({ id, name }) =>
      (names === undefined && ids === undefined) || names?.includes(name) || ids?.includes(id),
  );
  const selected = names !== undefined || ids !== undefined;
  // From memory: the status of a request for a repository that the installation does not have.
  if (selected && chosen.length < (names ?? []).length + (ids ?? []).length) {
    return apiError(
      422,
      "There is at least one repository that does not exist or is not accessible.",
    );
  }
  if (permissions !== undefined && !covers(installation.permissions, permissions)) {
    return apiError(422, "The permissions requested are not granted to this installation.");
  }
  return {
    permissions: permissions ?? installation.permissions,
    repositories: chosen,
    selected,
  };
}
