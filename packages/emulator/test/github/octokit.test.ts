// GitHub's own clients as the judges of what the emulator serves.
import { expect, it } from "@jest/globals";
import { createAppAuth } from "@octokit/auth-app";
import { createOAuthAppAuth } from "@octokit/auth-oauth-app";
import { createOAuthUserAuth } from "@octokit/auth-oauth-user";
import { Octokit } from "@octokit/core";
import { OAuthApp } from "@octokit/oauth-app";
import { request } from "@octokit/request";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, get, parameter } from "../support/wire.ts";

const running = closedAfterEach();

// Octokit finds the OAuth endpoints of an Enterprise Server by removing /api/v3.
const requestTo = ({ origin }: GitHubEmulator): typeof request =>
  request.defaults({ baseUrl: `${origin}/api/v3` });

const codeFor = async (github: GitHubEmulator, scope?: string): Promise<string> =>
  parameter(await github.authorize(authorizationUrl(github, { scope })), "code") ?? "";

const statuses = ({ requests }: GitHubEmulator): number[] => requests.map((one) => one.status);

/** Makes a function that sends requests with what `auth` returns. */
const caller = (github: GitHubEmulator, auth: ReturnType<typeof createAppAuth>): typeof request =>
  requestTo(github).defaults({
    request: { hook: (...sent: Parameters<typeof auth.hook>) => auth.hook(...sent) },
  });

const status = async (github: GitHubEmulator, token: string): Promise<number> =>
  (await get(`${github.endpoints.api}/user`, token)).status;

it("lets auth-app authenticate as the app and as an installation", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const auth = createAppAuth({
    appId: github.clientId,
    privateKey: await github.createAppKey(),
    clientId: github.clientId,
    clientSecret: github.clientSecret,
    request: requestTo(github),
  });
  const call = caller(github, auth);
  expect((await call("GET /app")).data).toMatchObject({ id: github.appId });
  const installationId = github.installationIds[0] ?? 0;
  const wanted = { type: "installation", installationId } as const;
  const narrow = await auth({
    ...wanted,
    repositoryNames: ["notes"],
    permissions: { contents: "read" },
  });
  expect(narrow).toMatchObject({
    token: expect.stringMatching(/^ghs_/),
    permissions: { contents: "read" },
    repositorySelection: "selected",
    repositoryNames: ["notes"],
  });
  const whole = await auth(wanted);
  expect(whole).toMatchObject({ repositorySelection: "all" });
  const repositories = await get(`${github.endpoints.api}/installation/repositories`, whole.token);
  expect(repositories.status).toBe(200);
  const user = await auth({ type: "oauth-user", code: await codeFor(github) });
  expect(await status(github, user.token)).toBe(200);
});

it("lets auth-app correct its clock by the Date header", async () => {
  const github = await running(startGitHub({ now: () => Date.now() - 300_000 }));
  const auth = createAppAuth({
    appId: github.appId,
    privateKey: await github.createAppKey(),
    request: requestTo(github),
    log: { warn: () => undefined },
  });
  const call = caller(github, auth);
  expect((await call("GET /app")).status).toBe(200);
  expect(statuses(github)).toEqual([401, 200]);
});

it("lets auth-app wait until an installation token is replicated", async () => {
  const github = await running(startGitHub({ installationTokenDelay: 1 }));
  const auth = createAppAuth({
    appId: github.appId,
    privateKey: await github.createAppKey(),
    installationId: github.installationIds[0] ?? 0,
    request: requestTo(github),
    log: { warn: () => undefined },
  });
  const call = caller(github, auth);
  expect((await call("GET /installation/repositories")).status).toBe(200);
  expect(statuses(github)).toContain(401);
});

it("lets auth-oauth-app exchange a code", async () => {
  const github = await running(startGitHub());
  const { clientId, clientSecret } = github;
  const auth = createOAuthAppAuth({ clientId, clientSecret, request: requestTo(github) });
  const user = await auth({ type: "oauth-user", code: await codeFor(github, "gist") });
  expect(user).toMatchObject({ tokenType: "oauth", scopes: ["gist"] });
  expect(await status(github, user.token)).toBe(200);
  await expect(auth({ type: "oauth-user", code: "wrong" })).rejects.toThrow(
    /The code passed is incorrect or expired/,
  );
});

it("lets auth-oauth-user sign a device in, and check, reset and delete the token", async () => {
  const github = await running(startGitHub({ deviceInterval: 0 }));
  const { clientId, clientSecret } = github;
  const device = createOAuthUserAuth({
    clientType: "oauth-app",
    clientId,
    clientSecret,
    scopes: ["gist"],
    onVerification: ({ user_code: code }) => github.approveDevice(code),
    request: requestTo(github),
  });
  const { token } = await device();
  expect(await status(github, token)).toBe(200);
  await device({ type: "check" });
  const { token: newToken } = await device({ type: "reset" });
  expect([await status(github, token), await status(github, newToken)]).toEqual([401, 200]);
  await device({ type: "delete" });
  expect(await status(github, newToken)).toBe(401);
});

it("lets auth-oauth-user refresh the token of a GitHub App", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const { clientId, clientSecret } = github;
  const auth = createOAuthUserAuth({
    clientType: "github-app",
    clientId,
    clientSecret,
    code: await codeFor(github),
    request: requestTo(github),
  });
  const first = await auth();
  const second = await auth({ type: "refresh" });
  expect(await status(github, first.token)).toBe(401);
  expect(await status(github, second.token)).toBe(200);
});

it("lets oauth-app make the URL, exchange the code, scope the token and delete the grant", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const { clientId, clientSecret, origin } = github;
  const app = new OAuthApp({
    clientType: "github-app",
    clientId,
    clientSecret,
    Octokit: Octokit.defaults({ baseUrl: `${origin}/api/v3` }),
  });
  const { url } = app.getWebFlowAuthorizationUrl({
    state: "s",
    redirectUrl: "http://localhost/cb",
  });
  const code = parameter(await github.authorize(url), "code") ?? "";
  const { authentication } = await app.createToken({ code });
  const { token } = authentication;
  expect((await app.checkToken({ token })).data).toMatchObject({ token });
  // The type of the options lost the target.
  const narrow = { token, target: "ada-l", permissions: { contents: "read" } } as const;
  const scoped = await app.scopeToken(narrow);
  expect(await status(github, scoped.authentication.token)).toBe(200);
  await app.deleteAuthorization({ token });
  expect(await status(github, token)).toBe(401);
});
