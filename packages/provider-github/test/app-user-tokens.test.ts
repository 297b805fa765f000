import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { type GitHubApp, GitHubClient, type Token } from "@grantkit/provider-github";
import type { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { startedApp } from "./app-support.ts";
import { signIn } from "./support.ts";

let emulator: GitHubEmulator;
let app: GitHubApp;
let clock: FakeClock;
let another: () => GitHubApp;

beforeAll(async () => {
  ({ emulator, app, clock, another } = await startedApp({ expiringTokens: true }));
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

const refreshes = () =>
  emulator.requests.filter(({ body }) => body["grant_type"] === "refresh_token");

it("reads when a user's token of a GitHub App and its refresh token end", async () => {
  const token = await signIn(app, emulator);
  expect(token.accessToken).toMatch(/^ghu_/);
  expect(token.refreshToken).toMatch(/^ghr_/);
  expect(token.expiresAt).toEqual(new Date(clock.now() + 28_800_000));
  expect(token.refreshTokenExpiresAt).toEqual(new Date(clock.now() + 15_897_600_000));
});

it("opens a user's session, which acts as the user and not as the app", async () => {
  const token = await signIn(app, emulator);
  emulator.clearRequests();
  const { data } = await app.session(token).get("/user");
  expect(data).toMatchObject({ login: "ada-l" });
  expect(emulator.requests).toHaveLength(1);
  expect(emulator.requests[0]?.headers["authorization"]).toBe(`Bearer ${token.accessToken}`);
});

it("rotates both tokens of a user's session once for 20 requests, and ends the old ones", async () => {
  const first = await signIn(app, emulator);
  const saved: Token[] = [];
  const session = app.session(first, { onTokenUpdate: (next) => void saved.push(next) });
  clock.advance(28_800_000);
  const answers = await Promise.all(Array.from({ length: 20 }, () => session.get("/user")));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(refreshes()).toHaveLength(1);
  expect(saved).toEqual([session.token]);
  const [next] = saved;
  expect(next?.accessToken).toMatch(/^ghu_/);
  expect(next?.accessToken).not.toBe(first.accessToken);
  expect(next?.refreshToken).toMatch(/^ghr_/);
  expect(next?.refreshToken).not.toBe(first.refreshToken);
  expect(next?.expiresAt).toEqual(new Date(clock.now() + 28_800_000));
  // Another process, which does not know that the token was refreshed.
  await expect(another().refreshToken(first)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});

it("asks the user to sign in again once the refresh token has ended", async () => {
  const session = app.session(await signIn(app, emulator));
  clock.advance(15_897_600_000);
  emulator.clearRequests();
  await expect(session.get("/user")).rejects.toMatchObject({ code: "INVALID_GRANT" });
  expect(emulator.requests.filter(({ path }) => path === "/api/user")).toEqual([]);
});

it("is a client for its users too, who grant no scopes", async () => {
  const request = await app.authorizationRequest();
  expect(new URL(request.url).searchParams.has("scope")).toBe(false);
  const token = await app.fetchToken(await emulator.authorize(request.url), request);
  expect(token.scopeChange).toBeUndefined();
  expect((await app.profile(token)).username).toBe("ada-l");
  expect(() => new GitHubClient({ clientId: "id", appType: "app" as never })).toThrow(
    /appType must be "oauth-app" or "github-app"/,
  );
});

it("narrows a user's token to an account, a repository and a permission", async () => {
  const request = await app.authorizationRequest();
  const token = await app.fetchToken(await emulator.authorize(request.url), request);
  const [user] = emulator.users;
  const name = user?.repositories?.[0]?.name as string;
  const target = user?.login as string;
  const narrowed = { target, repositories: [name], permissions: { contents: "read" } } as const;
  const scoped = await app.fetchScopedToken(token, narrowed);
  expect(scoped.accessToken).toMatch(/^ghu_/);
  expect((await app.profile(scoped)).username).toBe(target);
  const tooMuch = { target, permissions: { administration: "write" } } as const;
  expect(await thrown(app.fetchScopedToken(token, tooMuch))).toMatchObject({
    reason: "validation-failed",
  });
});
