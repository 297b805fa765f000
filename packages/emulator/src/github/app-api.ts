import type { Hono } from "hono";
import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { apiError, notFound } from "./api-errors.ts";
import type { GitHubInstallation, InstallationAccess } from "./github-app.ts";
import { narrowedAccess } from "./narrowed-access.ts";
import type { GitHubServer } from "./server.ts";
import { repositoryList } from "./user-api.ts";
import type { SignedInEnv } from "./user-api.ts";

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
  api.get("/app/installations", () =>
    jsonReply(installations.list.map((installation) => describeInstallation(server, installation))),
  );
  api.get("/app/installations/:id", (c) =>
    installationReply(server, (installation) => String(installation.id) === c.req.param("id")),
  );
  for (const path of ["/users/:owner/installation", "/repos/:owner/:name/installation"]) {
    api.get(path, async (c) => {
      const { owner, name } = c.req.param() as { owner: string; name?: string };
      const isOn = ({ owner: { login, repositories = [] } }: GitHubInstallation): boolean =>
        login === owner && (name === undefined || repositories.some((one) => one.name === name));
      return (await appJwtProblem(server, c)) ?? installationReply(server, isOn);
    });
  }
  api.get("/orgs/:owner/installation", async (c) => (await appJwtProblem(server, c)) ?? notFound());
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

/**
 * Adds the route for the installations that a user of the GitHub App can see.
 *
 * @see https://docs.github.com/rest/apps/installations#list-app-installations-accessible-to-the-user-access-token
 */
export function userInstallations(api: Hono<SignedInEnv>, server: GitHubServer): void {
  api.get("/user/installations", (c) => {
    if (server.switches.appType === "oauth-app") return apiError(403, OF_OAUTH_APP);
    const { id } = c.get("access").user;
    const list = server.installations.list.filter(({ owner }) => owner.id === id);
    const installations = list.map((installation) => describeInstallation(server, installation));
    return jsonReply({ total_count: installations.length, installations });
  });
}

const OF_OAUTH_APP =
  "You must authenticate with an access token authorized to a GitHub App in order to list installations";

/** Describes an installation as the API does. */
function describeInstallation(
  server: GitHubServer,
  { id, owner, permissions }: GitHubInstallation,
): object {
  const account = { id: owner.id, login: owner.login, type: "User" };
  const time = new Date(server.now()).toISOString();
  return {
    id,
    account,
    app_id: server.appId,
    target_id: owner.id,
    target_type: "User",
    permissions,
    repository_selection: "all",
    suspended_at: server.switches.installationsSuspended ? time : null,
  };
}

function installationReply(
  server: GitHubServer,
  isWanted: (installation: GitHubInstallation) => boolean,
): Response {
  const installation = server.installations.list.find(isWanted);
  return installation === undefined
    ? notFound()
    : jsonReply(describeInstallation(server, installation));
}

/** Makes the response to a token of an installation that its account has suspended. */
export function suspended(): Response {
  return apiError(403, "This installation has been suspended");
}

function withInstallation(
  server: GitHubServer,
  c: EmulatorContext,
  act: (access: InstallationAccess) => Response,
): Response {
  const token = authorizationHeader(c, "bearer") ?? authorizationHeader(c, "token");
  const access = server.installations.access(token);
  if (access === undefined) return apiError(401, "Bad credentials");
  return server.switches.installationsSuspended ? suspended() : act(access);
}

function issueToken(
  server: GitHubServer,
  c: EmulatorContext,
  installation: GitHubInstallation,
): Response {
  if (server.switches.installationsSuspended) return suspended();
  const narrowed = narrowedAccess(server, installation, c.get("received").body);
  if (narrowed instanceof Response) return narrowed;
  const access = server.installations.issue({ installation, ...narrowed });
  return jsonReply(
    {
      token: access.token,
      expires_at: new Date(access.expiresAt).toISOString().replace(/\.\d+Z$/, "Z"),
      permissions: access.permissions,
      repository_selection: access.selected ? "selected" : "all",
      ...(access.selected ? { repositories: access.repositories } : {}),
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
