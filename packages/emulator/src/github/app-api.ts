import type { Hono } from "hono";
import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { apiError, notFound } from "./api-errors.ts";
import { covers } from "./github-app.ts";
import type { GitHubInstallation, GitHubPermissions, InstallationAccess } from "./github-app.ts";
import type { GitHubServer } from "./server.ts";
import { repositoryList } from "./user-api.ts";

/**
 * Adds the routes for a GitHub App itself: its installations, their tokens and repositories.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app
 */
export function appApi(api: Hono<EmulatorEnv>, server: GitHubServer): void {
  const { installations, appId, clientId, applicationName } = server;
  api.use("/app/*", async (c, next) => (await appJwtProblem(server, c)) ?? next());
  api.get("/app", async (c) => {
    const app = { id: appId, client_id: clientId, slug: clientId, name: applicationName };
    return (await appJwtProblem(server, c)) ?? jsonReply(app);
  });
  api.get("/app/installations", () => jsonReply(installations.list.map(describeInstallation)));
  api.post("/app/installations/:id/access_tokens", (c) => {
    const installation = installations.list.find(({ id }) => String(id) === c.req.param("id"));
    return installation === undefined ? notFound() : issueToken(server, c, installation);
  });
  api.get("/installation/repositories", (c) =>
    withInstallation(server, c, ({ repositories, installation }) => {
      const list = repositoryList(server, installation.owner).filter(({ name }) =>
        repositories.some((repository) => repository.name === name),
      );
      return jsonReply({ total_count: list.length, repositories: list });
    }),
  );
  api.delete("/installation/token", (c) =>
    withInstallation(server, c, ({ token }) => {
      installations.revoke(token);
      return new Response(null, { status: 204 });
    }),
  );
}

function describeInstallation({ id, owner, permissions }: GitHubInstallation): object {
  const account = { id: owner.id, login: owner.login, type: "User" };
  return { id, account, permissions, repository_selection: "all" };
}

function withInstallation(
  server: GitHubServer,
  c: EmulatorContext,
  act: (access: InstallationAccess) => Response,
): Response {
  const token = authorizationHeader(c, "bearer") ?? authorizationHeader(c, "token");
  const access = server.installations.access(token);
  return access === undefined ? apiError(401, "Bad credentials") : act(access);
}

interface TokenRequest {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: GitHubPermissions;
}

function issueToken(
  server: GitHubServer,
  c: EmulatorContext,
  installation: GitHubInstallation,
): Response {
  const wanted = c.get("received").body as TokenRequest;
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
  const access = server.installations.issue({
    installation,
    permissions: permissions ?? installation.permissions,
    repositories: chosen,
    selected,
  });
  return jsonReply(
    {
      token: access.token,
      expires_at: new Date(access.expiresAt).toISOString().replace(/\.\d+Z$/, "Z"),
      permissions: access.permissions,
      repository_selection: selected ? "selected" : "all",
      ...(selected ? { repositories: chosen } : {}),
    },
    201,
  );
}

const LONGEST_LIFE_SECONDS = 600;

/**
 * Checks the JWT that authenticates a GitHub App, and returns the error response, if any. Clients match on the texts.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
async function appJwtProblem(
  server: GitHubServer,
  c: EmulatorContext,
): Promise<Response | undefined> {
  // Only the scheme Bearer: "token" does not work for JWTs.
  const jwt = authorizationHeader(c, "bearer");
  const claims = jwt === undefined ? undefined : await server.appKeys.verify(jwt);
  if (claims === undefined) return apiError(401, "A JSON web token could not be decoded");
  const { iat, exp, iss } = claims;
  const now = server.now() / 1000;
  if (typeof iat !== "number" || !Number.isInteger(iat) || iat > now) {
    return apiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== "number" || exp <= now) {
    return apiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + LONGEST_LIFE_SECONDS) {
    return apiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  // The client id is recommended; the app id, as a number or a string, still works.
  const isKnown = iss === server.clientId || String(iss) === String(server.appId);
  return isKnown ? undefined : apiError(404, "Integration not found");
}
