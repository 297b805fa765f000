import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();

const accessToken = async (github: GitHubEmulator, scope = "gist"): Promise<string> => {
  const callback = await github.authorize(authorizationUrl(github, { scope }));
  return String((await json(exchange(github, callback)))["access_token"]);
};

const manage = (
  github: GitHubEmulator,
  method: string,
  token: string | undefined,
  { what = "token", secret = github.clientSecret } = {},
): Promise<Response> =>
  fetch(`${github.endpoints.api}/applications/${github.clientId}/${what}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${github.clientId}:${secret}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ access_token: token }),
  });

const works = async (github: GitHubEmulator, token: string): Promise<boolean> =>
  (await get(`${github.endpoints.api}/user`, token)).status === 200;

it("checks a token: 200 with its scopes, 404 if it is invalid", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const checked = await manage(github, "POST", token);
  expect(checked.status).toBe(200);
  expect(await json(checked)).toMatchObject({
    token,
    token_last_eight: token.slice(-8),
    scopes: ["gist"],
    app: { client_id: github.clientId },
    user: { login: "ada-l" },
    expires_at: null,
  });
  expect((await manage(github, "POST", "gho_wrong")).status).toBe(404);
  expect((await manage(github, "POST", undefined)).status).toBe(422);
  expect((await manage(github, "POST", token, { secret: "wrong" })).status).toBe(401);
});

it("resets a token", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const { token: next } = await json(manage(github, "PATCH", token));
  expect([await works(github, token), await works(github, String(next))]).toEqual([false, true]);
});

it("deletes a token, or the whole grant of the user", async () => {
  const github = await running(startGitHub());
  const [first, second, third] = [
    await accessToken(github),
    await accessToken(github),
    await accessToken(github, "repo"),
  ];
  expect((await manage(github, "DELETE", first)).status).toBe(204);
  expect([await works(github, first), await works(github, second)]).toEqual([false, true]);
  expect((await manage(github, "DELETE", first)).status).toBe(404);
  expect((await manage(github, "DELETE", second, { what: "grant" })).status).toBe(204);
  expect(await works(github, third)).toBe(false);
  // The grant is gone as well: no scope is granted again by itself.
  const callback = await github.authorize(authorizationUrl(github));
  expect((await json(exchange(github, callback)))["scope"]).toBe("");
});

const revoke = async (github: GitHubEmulator, credentials: unknown): Promise<number> => {
  const reply = await fetch(`${github.endpoints.api}/credentials/revoke`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ credentials }),
  });
  return reply.status;
};

it("revokes leaked access and refresh tokens without authentication", async () => {
  const github = await running(startGitHub({ expiringTokens: true }));
  const first = await accessToken(github);
  const callback = await github.authorize(authorizationUrl(github, { scope: "repo" }));
  const second = await json(exchange(github, callback));
  const refreshToken = String(second["refresh_token"]);
  expect(await revoke(github, [first, "ghp_unknown", refreshToken])).toBe(202);
  expect(await works(github, first)).toBe(false);
  expect(await works(github, String(second["access_token"]))).toBe(false);
  const refresh = askToken(github, { grant_type: "refresh_token", refresh_token: refreshToken });
  expect(await json(refresh)).toMatchObject({ error: "bad_refresh_token" });
});

it("takes from one to a thousand leaked tokens", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const list = (length: number): string[] => Array.from({ length }, () => token);
  expect(await revoke(github, list(1001))).toBe(422);
  expect(await revoke(github, [])).toBe(422);
  expect(await revoke(github, [token, 1])).toBe(422);
  expect(await revoke(github, token)).toBe(422);
  expect(await works(github, token)).toBe(true);
  expect(await revoke(github, list(1000))).toBe(202);
  expect(await works(github, token)).toBe(false);
});

it("makes a scoped token of a GitHub App's user token", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  const scoped = (body: object): Promise<Response> =>
    fetch(`${github.endpoints.api}/applications/${github.clientId}/token/scoped`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${github.clientId}:${github.clientSecret}`)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
  const token = await accessToken(github);
  const wanted = { access_token: token, target: "ada-l", repositories: ["engine"] };
  const reply = await scoped({ ...wanted, permissions: { contents: "read" } });
  expect(reply.status).toBe(200);
  expect(await json(reply)).toMatchObject({
    token: expect.stringMatching(/^ghu_/),
    installation: {
      permissions: { contents: "read" },
      repository_selection: "selected",
      account: { login: "ada-l" },
    },
  });
  const statuses = await Promise.all(
    [
      { ...wanted, target: undefined },
      { ...wanted, repositories: ["nothing"] },
      { ...wanted, permissions: { contents: "admin" } },
      { ...wanted, access_token: "ghu_unknown" },
      { ...wanted, target: "nobody" },
    ].map(async (body) => (await scoped(body)).status),
  );
  expect(statuses).toEqual([422, 422, 422, 404, 404]);
});
