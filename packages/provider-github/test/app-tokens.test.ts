import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { CustomFailure, GitHubEmulator } from "@grantkit/emulator";
import { GitHubClient, isOAuthError, type Token } from "@grantkit/provider-github";
import { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { signIn, startedGitHub } from "./support.ts";

const clock = new FakeClock();
let emulator: GitHubEmulator;
let client: GitHubClient;
let token: Token;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub(
    { now: () => clock.now(), expiringTokens: true },
    { clock, retries: false },
  ));
});
beforeEach(async () => {
  emulator.configure({ expiringTokens: true });
  token = await signIn(client, emulator);
  emulator.clearRequests();
});
afterAll(() => emulator.close());

const basic = () =>
  `Basic ${Buffer.from(`${emulator.clientId}:${emulator.clientSecret}`).toString("base64")}`;

describe("checkToken()", () => {
  it("says whose token it is, with the app's credentials and not with the token", async () => {
    const info = await client.checkToken({ accessToken: token.accessToken });
    expect(info).toMatchObject({
      scope: ["read:user", "user:email"],
      userId: "1815",
      username: "ada-l",
      createdAt: new Date(clock.now()),
      expiresAt: new Date(clock.now() + 28_800_000),
      raw: { app: { client_id: emulator.clientId } },
    });
    expect(JSON.stringify(info)).not.toContain(token.accessToken);
    const [{ method, path, headers, body }] = emulator.requests as [(typeof emulator.requests)[0]];
    expect([method, path]).toEqual(["POST", `/api/applications/${emulator.clientId}/token`]);
    expect(headers["authorization"]).toBe(basic());
    expect(body).toEqual({ access_token: token.accessToken });
  });

  it("has no expiry for a token that does not expire", async () => {
    emulator.configure({ expiringTokens: false });
    const info = await client.checkToken(await signIn(client, emulator));
    expect(info?.expiresAt).toBeUndefined();
  });

  it("returns undefined for a token of another app, and for one that was deleted", async () => {
    const elsewhere = await startedGitHub();
    const theirs = await signIn(elsewhere.client, elsewhere.emulator);
    await elsewhere.emulator.close();
    expect(await client.checkToken({ accessToken: theirs.accessToken })).toBeUndefined();
    expect(emulator.requests).toMatchObject([{ body: { access_token: theirs.accessToken } }]);
    await client.deleteToken(token);
    expect(await client.checkToken(token)).toBeUndefined();
  });

  it.each<[string, CustomFailure, object]>([
    ["a 404 that is not GitHub's", { status: 404, body: "<html>" }, { code: "API_REQUEST_FAILED" }],
    ["a page with status 200", { status: 200, body: "<html>" }, { code: "API_REQUEST_FAILED" }],
    ["a list", { status: 200, body: [] }, { code: "API_REQUEST_FAILED" }],
    ["a redirect", { status: 302, headers: { location: "/" } }, { code: "API_REQUEST_FAILED" }],
    ["a failure", { status: 502 }, { code: "SERVER_ERROR", retryable: true }],
    ["a limit", { status: 429 }, { code: "RATE_LIMITED", retryAfter: 60 }],
    ["no answer", { kind: "disconnect" }, { code: "NETWORK_ERROR" }],
  ])("throws for %s", async (_, failure, expected) => {
    emulator.failNext(failure);
    expect(await thrown(client.checkToken(token))).toMatchObject(expected);
  });

  it("throws for a wrong secret, which is in no error", async () => {
    const { clientId, endpoints } = emulator;
    const clientSecret = "secret-canary";
    const wrong = new GitHubClient({ clientId, clientSecret, endpoints });
    const error = await thrown(wrong.checkToken(token));
    expect(error).toMatchObject({ code: "INVALID_CLIENT", status: 401 });
    emulator.failNext({
      status: 422,
      body: {
        message: `${clientSecret} ${token.accessToken} ${btoa(`${clientId}:${clientSecret}`)}`,
      },
    });
    const repeated = await thrown(wrong.checkToken(token));
    expect(repeated).toMatchObject({ reason: "validation-failed" });
    for (const each of [error, repeated]) {
      expect(inspect(each, { depth: 9 })).not.toMatch(/canary|gh[ou]_|Basic/);
      expect(inspect(each, { depth: 9 })).not.toContain(btoa(`${clientId}:${clientSecret}`));
    }
  });

  it("needs a secret, also one that a function gives", async () => {
    const { clientId, clientSecret, endpoints } = emulator;
    expect(await thrown(new GitHubClient({ clientId, endpoints }).checkToken(token))).toMatchObject(
      {
        code: "CONFIGURATION_INVALID",
      },
    );
    expect(emulator.requests).toHaveLength(0);
    const own = new GitHubClient({ clientId, endpoints, clientSecret: async () => clientSecret });
    expect((await own.checkToken(token))?.username).toBe("ada-l");
  });
});

describe("resetToken()", () => {
  it("replaces the token, and the old one stops working", async () => {
    const next = await client.resetToken(JSON.parse(JSON.stringify(token)) as never);
    expect(next.accessToken).not.toBe(token.accessToken);
    expect(next).toMatchObject({
      scope: token.scope,
      refreshToken: token.refreshToken,
      expiresAt: new Date(clock.now() + 28_800_000),
    });
    expect((await client.profile(next)).username).toBe("ada-l");
    const { clientId, endpoints } = emulator;
    const other = new GitHubClient({ clientId, endpoints, clock });
    expect(await thrown(other.profile(token))).toMatchObject({ code: "TOKEN_REJECTED" });
  });

  it("throws for a token that does not work, and for an answer without a token", async () => {
    expect(await thrown(client.resetToken({ accessToken: "gho_unknown" }))).toMatchObject({
      code: "API_REQUEST_FAILED",
      reason: "not-found",
      message: expect.stringMatching(/does not know the token/),
    });
    emulator.failNext({ status: 200, body: { id: 1 } });
    expect(await thrown(client.resetToken(token))).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
    });
  });
});

describe("fetchScopedToken()", () => {
  // An answer whose times are known: https://docs.github.com/rest/apps/apps#create-a-scoped-access-token
  const answer = {
    path: "/token/scoped",
    status: 200,
    body: { token: "ghu_scoped", expires_at: "2026-01-15T20:00:00Z", scopes: [] },
  };

  it("asks for less, and returns a token without a refresh token", async () => {
    emulator.failNext(answer);
    const scoped = await client.fetchScopedToken(token, {
      target: "octo-org",
      repositories: ["world", "hello"],
      permissions: { issues: "write", contents: "read" },
    });
    expect(scoped).toMatchObject({ accessToken: "ghu_scoped", refreshToken: undefined, scope: [] });
    expect(scoped.expiresAt).toEqual(new Date("2026-01-15T20:00:00Z"));
    const { method, path, headers, body } = emulator.requests.at(-1) ?? {};
    expect([method, path, headers?.["authorization"]]).toEqual([
      "POST",
      `/api/applications/${emulator.clientId}/token/scoped`,
      basic(),
    ]);
    expect(body).toEqual({
      access_token: token.accessToken,
      target: "octo-org",
      repositories: ["hello", "world"],
      permissions: { contents: "read", issues: "write" },
    });
    emulator.failNext(answer);
    await client.fetchScopedToken(token, { targetId: 7, repositoryIds: [2, 1] });
    expect(emulator.requests.at(-1)?.body).toMatchObject({ target_id: 7, repository_ids: [1, 2] });
  });

  it("says that more was asked for than was granted", async () => {
    emulator.failNext({
      path: "/token/scoped",
      status: 422,
      body: { message: "Validation Failed" },
    });
    expect(await thrown(client.fetchScopedToken(token, { target: "octo" }))).toMatchObject({
      reason: "validation-failed",
      message: expect.stringMatching(/granted/),
    });
  });

  it.each([
    [{}, /pass either target or targetId/],
    [{ target: "a", targetId: 1 }, /pass either target or targetId/],
    [{ target: "a/b" }, /target must be the name/],
    [{ targetId: "1" }, /targetId must be the ID/],
    [{ target: "a", repositories: [] }, /repositories must have 1 to 500 entries/],
    [{ target: "a", scope: [] }, /scope/],
    [undefined, /pass either target or targetId/],
  ])("refuses the options %j before anything is sent", async (options, problem) => {
    const error = await thrown(client.fetchScopedToken(token, options as never));
    expect(isOAuthError(error) && error.code).toBe("CONFIGURATION_INVALID");
    expect(error.message).toMatch(problem);
    expect(emulator.requests).toHaveLength(0);
  });
});
