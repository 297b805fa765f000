import { createPrivateKey } from "node:crypto";
import { expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { get, json } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const jwt = async (
  github: GitHubEmulator,
  key: string,
  claims: Record<string, unknown> = {},
): Promise<string> => {
  const now = clock.now() / 1000;
  return new SignJWT({ iss: github.clientId, iat: now - 60, exp: now + 540, ...claims })
    .setProtectedHeader({ alg: "RS256" })
    .sign(createPrivateKey(key));
};

const askToken = async (
  github: GitHubEmulator,
  bearer: string,
  body: object = {},
  id: number = github.installationIds[0] ?? 0,
): Promise<Response> =>
  fetch(`${github.endpoints.api}/app/installations/${id}/access_tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

it("issues a long ghs_ token for an hour, which reaches repositories but no user", async () => {
  const github = await running(startGitHub({ now: clock.now, appType: "github-app" }));
  const key = await github.createAppKey();
  expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  const reply = await askToken(github, await jwt(github, key));
  expect(reply.status).toBe(201);
  const { token, ...rest } = await json<{ token: string }>(reply);
  expect(token).toMatch(new RegExp(`^ghs_${github.appId}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
  expect(token.length).toBeGreaterThan(500);
  expect(rest).toEqual({
    expires_at: "2026-11-20T13:00:00Z",
    permissions: { metadata: "read", contents: "write", issues: "write" },
    repository_selection: "all",
  });
  const repositories = `${github.endpoints.api}/installation/repositories`;
  expect(await json(get(repositories, token))).toMatchObject({ total_count: 4 });
  expect((await get(`${github.endpoints.api}/user`, token)).status).toBe(403);
  const remove = await fetch(`${github.endpoints.api}/installation/token`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(remove.status).toBe(204);
  expect((await get(repositories, token)).status).toBe(401);
});

it("restricts repositories and permissions, and rejects those that were not granted", async () => {
  const github = await running(startGitHub({ now: clock.now }));
  const bearer = await jwt(github, await github.createAppKey());
  const narrow = { repositories: ["notes"], permissions: { contents: "read" } };
  expect(await json(askToken(github, bearer, narrow))).toMatchObject({
    permissions: { contents: "read" },
    repository_selection: "selected",
    repositories: [{ name: "notes" }],
  });
  expect((await askToken(github, bearer, { repositories: ["nothing"] })).status).toBe(422);
  expect((await askToken(github, bearer, { permissions: { issues: "admin" } })).status).toBe(422);
  expect((await askToken(github, bearer, { permissions: { actions: "read" } })).status).toBe(422);
  expect((await askToken(github, bearer, {}, 1)).status).toBe(404);
});

it("answers an invalid app JWT with the texts that clients match on", async () => {
  const github = await running(startGitHub({ now: clock.now }));
  const key = await github.createAppKey();
  const now = clock.now() / 1000;
  const message = async (claims: Record<string, unknown>, by = key): Promise<unknown[]> => {
    const reply = await askToken(github, await jwt(github, by, claims));
    return [reply.status, (await json(reply))["message"]];
  };
  expect(await message({ exp: now + 601 })).toEqual([
    401,
    "'Expiration time' claim ('exp') is too far in the future",
  ]);
  expect(await message({ exp: now })).toEqual([401, expect.stringContaining("a numeric value")]);
  expect(await message({ iat: now + 1 })).toEqual([
    401,
    expect.stringContaining("'Issued at' claim ('iat') must be an Integer"),
  ]);
  expect(await message({ iat: now - 0.5 })).toEqual([401, expect.stringContaining("an Integer")]);
  expect(await message({ iss: "someone-else" })).toEqual([404, "Integration not found"]);
  expect((await message({ iss: github.appId }))[0]).toBe(201);
  const stranger = await running(startGitHub());
  expect(await message({}, await stranger.createAppKey())).toEqual([
    401,
    "A JSON web token could not be decoded",
  ]);
});

it("finds the installation on an account or a repository, for the app's JWT only", async () => {
  const github = await running(startGitHub({ now: clock.now }));
  const bearer = await jwt(github, await github.createAppKey());
  const [id] = github.installationIds;
  const statusAndId = async (path: string, token = bearer): Promise<unknown[]> => {
    const reply = await get(`${github.endpoints.api}${path}`, token);
    return [reply.status, (await json(reply))["id"]];
  };
  expect(await statusAndId(`/app/installations/${id}`)).toEqual([200, id]);
  expect(await statusAndId("/users/ada-l/installation")).toEqual([200, id]);
  expect(await statusAndId("/repos/ada-l/engine/installation")).toEqual([200, id]);
  expect(await statusAndId("/repos/ada-l/nothing/installation")).toEqual([404, undefined]);
  expect(await statusAndId("/users/nobody/installation")).toEqual([404, undefined]);
  // The users are no organizations.
  expect(await statusAndId("/orgs/ada-l/installation")).toEqual([404, undefined]);
  expect(await statusAndId("/users/ada-l/installation", "garbage")).toEqual([401, undefined]);
});

it("refuses a new installation token until it is replicated, if the switch says so", async () => {
  const github = await running(startGitHub({ now: clock.now, installationTokenDelay: 3 }));
  const bearer = await jwt(github, await github.createAppKey());
  const { token } = await json(askToken(github, bearer));
  const call = async (): Promise<number> =>
    (await get(`${github.endpoints.api}/installation/repositories`, String(token))).status;
  expect(await call()).toBe(401);
  clock.pass(3);
  expect(await call()).toBe(200);
});

it("refuses tokens and calls of a suspended installation with 403", async () => {
  const github = await running(startGitHub({ now: clock.now }));
  const bearer = await jwt(github, await github.createAppKey());
  const { token } = await json(askToken(github, bearer));
  github.configure({ installationsSuspended: true });
  expect((await askToken(github, bearer)).status).toBe(403);
  const url = `${github.endpoints.api}/installation/repositories`;
  const reply = await get(url, String(token));
  expect([reply.status, (await json(reply))["message"]]).toEqual([
    403,
    "This installation has been suspended",
  ]);
  const list = await json<object[]>(get(`${github.endpoints.api}/app/installations`, bearer));
  expect(list[0]).toHaveProperty("suspended_at", expect.any(String));
});

it("sends the time of its own clock as Date, for apps whose clock is wrong", async () => {
  const github = await running(startGitHub({ now: clock.now }));
  const late = clock.now() / 1000 + 120;
  const bearer = await jwt(github, await github.createAppKey(), { iat: late, exp: late + 60 });
  const reply = await askToken(github, bearer);
  expect([reply.status, Date.parse(reply.headers.get("date") ?? "")]).toEqual([401, clock.now()]);
});
