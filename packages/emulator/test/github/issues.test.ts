import { createPrivateKey } from "node:crypto";
import { expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();

const userToken = async (github: GitHubEmulator, scope = "public_repo"): Promise<string> => {
  const callback = await github.authorize(authorizationUrl(github, { scope }));
  return String((await json(exchange(github, callback)))["access_token"]);
};

const send = (url: string, bearer: string, body: object): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const installationToken = async (github: GitHubEmulator, narrowed: object): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  const jwt = await new SignJWT({ iss: github.clientId, iat: now - 60, exp: now + 540 })
    .setProtectedHeader({ alg: "RS256" })
    .sign(createPrivateKey(await github.createAppKey()));
  const { api } = github.endpoints;
  const url = `${api}/app/installations/${github.installationIds[0]}/access_tokens`;
  return String((await json(send(url, jwt, narrowed)))["token"]);
};

const issuesUrl = (github: GitHubEmulator, name = "engine"): string =>
  `${github.endpoints.api}/repos/ada-l/${name}/issues`;

it("creates an issue for an installation with the permission, and lists it", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const narrowed = { repositories: ["engine"], permissions: { issues: "write" } };
  const token = await installationToken(github, narrowed);
  const created = await send(issuesUrl(github), token, { title: "Found a bug" });
  expect([created.status, await json(created)]).toEqual([
    201,
    {
      number: 1,
      title: "Found a bug",
      state: "open",
      html_url: `${github.origin}/ada-l/engine/issues/1`,
      user: { login: `${github.clientId}[bot]` },
    },
  ]);
  expect(await json(get(issuesUrl(github), token))).toMatchObject([{ title: "Found a bug" }]);
  expect((await send(issuesUrl(github), token, {})).status).toBe(422);
  expect((await send(issuesUrl(github, "notes"), token, { title: "x" })).status).toBe(404);
  github.configure({ installationsSuspended: true });
  expect((await get(issuesUrl(github), token)).status).toBe(403);
});

it("names the permission that an installation token lacks", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const token = await installationToken(github, { permissions: { issues: "read" } });
  const refused = await send(issuesUrl(github), token, { title: "Found a bug" });
  expect(refused.status).toBe(403);
  expect(refused.headers.get("x-accepted-github-permissions")).toBe("issues=write");
});

it("creates an issue for a user whose token has the scope of the repository", async () => {
  const github = await running(startGitHub());
  const bug = { title: "Found a bug" };
  const status = async (scope: string, name?: string): Promise<number> =>
    (await send(issuesUrl(github, name), await userToken(github, scope), bug)).status;
  expect(await status("public_repo")).toBe(201);
  expect(await status("gist")).toBe(403);
  expect(await status("public_repo", "diary")).toBe(404);
  expect(await status("repo", "diary")).toBe(201);
  expect((await send(issuesUrl(github), "wrong", bug)).status).toBe(401);
});

it("lists the installation on the user's account, for a user of a GitHub App only", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const url = `${github.endpoints.api}/user/installations`;
  expect(await json(get(url, await userToken(github)))).toMatchObject({
    total_count: 1,
    installations: [{ id: github.installationIds[0], account: { login: "ada-l" } }],
  });
  const installation = await installationToken(github, {});
  expect((await get(url, installation)).status).toBe(403);
  expect((await get(`${github.endpoints.api}/repos/ada-l/engine/pulls`, installation)).status).toBe(
    404,
  );
  github.configure({ appType: "oauth-app" });
  expect((await get(url, await userToken(github))).status).toBe(403);
});
