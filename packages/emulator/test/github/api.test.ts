import { request } from "node:http";
import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator, GitHubFailure } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();

const accessToken = async (
  github: GitHubEmulator,
  scope = "user:email",
  user = "ada-l",
): Promise<string> => {
  const callback = await github.authorize(authorizationUrl(github, { scope }), { user });
  return String((await json(exchange(github, callback)))["access_token"]);
};

it("sends the user with a number as id, and the scopes in a header", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github, "gist user:email", "gracehopper");
  const reply = await get(`${github.endpoints.api}/user`, token);
  expect(reply.headers.get("x-oauth-scopes")).toBe("gist, user:email");
  expect(reply.headers.get("x-ratelimit-limit")).toBe("5000");
  expect(await json(reply)).toMatchObject({
    id: 1906,
    login: "gracehopper",
    name: "Grace Hopper",
    email: null,
  });
});

it("accepts the token with the schemes Bearer and token, but not in the query", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const url = `${github.endpoints.api}/user`;
  const status = async (address: string, authorization?: string): Promise<number> =>
    (await fetch(address, authorization === undefined ? {} : { headers: { authorization } }))
      .status;
  expect(await status(url, `Bearer ${token}`)).toBe(200);
  expect(await status(url, `token ${token}`)).toBe(200);
  expect(await status(`${url}?access_token=${token}`)).toBe(401);
});

it("answers a missing and an invalid token with 401, and the status as a string", async () => {
  const github = await running(startGitHub());
  const wrong = await get(`${github.endpoints.api}/user`, "gho_wrong");
  expect([wrong.status, await json(wrong)]).toEqual([
    401,
    {
      message: "Bad credentials",
      documentation_url: "https://docs.github.com/rest",
      status: "401",
    },
  ]);
  expect(wrong.headers.has("www-authenticate")).toBe(false);
  const none = await json(fetch(`${github.endpoints.api}/user`));
  expect(none["message"]).toBe("Requires authentication");
});

it("lists e-mail addresses for tokens with the scope, and answers others with 404", async () => {
  const github = await running(startGitHub());
  const url = `${github.endpoints.api}/user/emails`;
  const emails = await json<{ primary: boolean; verified: boolean }[]>(
    get(url, await accessToken(github, "user", "hypatia")),
  );
  expect(emails.some(({ primary, verified }) => primary && verified)).toBe(false);
  expect(emails).toHaveLength(2);
  const hidden = await get(url, await accessToken(github, "read:user", "gracehopper"));
  expect([hidden.status, (await json(hidden))["message"]]).toEqual([404, "Not Found"]);
  expect(hidden.headers.get("x-accepted-oauth-scopes")).toBe("user, user:email");
});

it("answers a GitHub App without the permission with 403", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const url = `${github.endpoints.api}/user/emails`;
  const token = await accessToken(github);
  expect((await get(url, token)).status).toBe(200);
  github.configure({ emailPermission: false });
  const refused = await get(url, token);
  expect([refused.status, (await json(refused))["message"]]).toEqual([
    403,
    "Resource not accessible by integration",
  ]);
});

it("pages lists with a Link header, and shows private repositories only with the scope", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github, "repo");
  const names: string[] = [];
  let url: string | undefined = `${github.endpoints.api}/user/repos?per_page=3`;
  while (url !== undefined) {
    const reply: Response = await get(url, token);
    names.push(...(await json<{ name: string }[]>(reply)).map(({ name }) => name));
    url = /<([^>]+)>; rel="next"/.exec(reply.headers.get("link") ?? "")?.[1];
  }
  expect(names).toEqual(["engine", "notes", "diary", "website"]);
  const narrow = await get(`${github.endpoints.api}/user/repos`, await accessToken(github, "gist"));
  expect((await json<{ name: string }[]>(narrow)).map(({ name }) => name)).not.toContain("diary");
  expect(narrow.headers.has("link")).toBe(false);
});

it("says that it does not serve a path, in GitHub's shape below the API", async () => {
  const github = await running(startGitHub());
  const reply = await get(`${github.endpoints.api}/nothing`, await accessToken(github));
  expect([reply.status, await json(reply)]).toEqual([
    404,
    {
      message: "Not Found. The emulator does not serve this path.",
      documentation_url: "https://docs.github.com/rest",
      status: "404",
    },
  ]);
  const page = await fetch(`${github.origin}/nothing`);
  expect([page.status, await page.text()]).toEqual([
    404,
    "404 Not Found. The emulator does not serve this path.",
  ]);
});

it("lists the user's organizations, of which there are none", async () => {
  const github = await running(startGitHub());
  const reply = await get(`${github.endpoints.api}/user/orgs`, await accessToken(github));
  expect([reply.status, await json(reply)]).toEqual([200, []]);
});

it("answers a request without a User-Agent with 403", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const status = await new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    request(`${github.endpoints.api}/user`, { headers }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    }).end();
  });
  expect(status).toBe(403);
});

it("answers an unsupported API version with 410, or with 400 as in the past", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const status = async (version: string): Promise<number> =>
    (await get(`${github.endpoints.api}/user`, token, { "x-github-api-version": version })).status;
  expect([await status("2026-03-10"), await status("2022-11-28")]).toEqual([200, 200]);
  expect(await status("2020-01-01")).toBe(410);
  github.configure({ unsupportedVersionStatus: 400 });
  expect(await status("2020-01-01")).toBe(400);
});

it("applies the rate limit that the switch sets", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now, rateLimit: "primary" }));
  const token = await accessToken(github);
  const call = (): Promise<Response> => get(`${github.endpoints.api}/user`, token);
  const primary = await call();
  expect(primary.status).toBe(403);
  expect(primary.headers.get("x-ratelimit-remaining")).toBe("0");
  expect(Number(primary.headers.get("x-ratelimit-reset"))).toBeGreaterThan(clock.now() / 1000);
  expect(primary.headers.has("retry-after")).toBe(false);
  github.configure({ rateLimit: "secondary", rateLimitStatus: 429 });
  const secondary = await call();
  expect([secondary.status, secondary.headers.get("retry-after")]).toEqual([429, "60"]);
  expect((await json(secondary))["message"]).toContain("secondary rate limit");
  expect(secondary.headers.get("x-ratelimit-remaining")).not.toBe("0");
  github.configure({ rateLimit: "secondary-without-retry-after" });
  expect((await call()).headers.has("retry-after")).toBe(false);
  expect((await get(`${github.endpoints.api}/rate_limit`, token)).status).toBe(200);
  github.configure({ rateLimit: "none" });
  expect((await call()).status).toBe(200);
});

it.each<[GitHubFailure, number]>([
  ["api-bad-credentials", 401],
  ["api-primary-rate-limit", 403],
  ["api-secondary-rate-limit", 403],
  ["api-secondary-rate-limit-without-retry-after", 429],
  ["api-sso-required", 403],
  ["api-login-attempts", 403],
  ["api-unavailable", 502],
])("fails on demand: %s", async (failure, status) => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  github.failNext(failure);
  expect((await get(`${github.endpoints.api}/user`, token)).status).toBe(status);
  expect((await get(`${github.endpoints.api}/user`, token)).status).toBe(200);
});

it("sends the time of its own clock with refused calls too", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now }));
  const token = await accessToken(github, "read:user");
  const time = new Date(clock.now()).toUTCString();
  const { api } = github.endpoints;
  const expectRefusal = async (status: number, path: string, bearer = token, headers = {}) => {
    const reply = await get(`${api}${path}`, bearer, headers);
    expect([reply.status, reply.headers.get("date")]).toEqual([status, time]);
  };
  await expectRefusal(200, "/user");
  await expectRefusal(401, "/user", "gho_wrong");
  await expectRefusal(401, "/graphql", "gho_wrong");
  await expectRefusal(404, "/user/emails");
  await expectRefusal(410, "/user", token, { "x-github-api-version": "2020-01-01" });
  await expectRefusal(403, "/user", token, { "user-agent": " " });
  github.failNext("api-sso-required");
  await expectRefusal(403, "/user");
  github.configure({ rateLimit: "primary", rateLimitStatus: 429 });
  await expectRefusal(429, "/user");
});

it("names the organizations that a partial list leaves out", async () => {
  const github = await running(startGitHub({ ssoPartialResults: true }));
  const token = await accessToken(github, "repo");
  const sso = async (): Promise<unknown[]> => {
    const reply = await get(`${github.endpoints.api}/user/repos`, token);
    return [reply.status, reply.headers.get("x-github-sso")];
  };
  expect(await sso()).toEqual([200, "partial-results; organizations=21955855,20582480"]);
  github.configure({ ssoPartialResults: false });
  expect(await sso()).toEqual([200, null]);
});

it("sends the expiry time of an expiring token", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now, expiringTokens: true }));
  const reply = await get(`${github.endpoints.api}/user`, await accessToken(github));
  expect(reply.headers.get("github-authentication-token-expiration")).toBe(
    "2026-11-20 20:00:00 UTC",
  );
});

it("is below /api/v3 too, as on an Enterprise Server", async () => {
  const github = await running(startGitHub());
  expect((await get(`${github.origin}/api/v3/user`, await accessToken(github))).status).toBe(200);
});
