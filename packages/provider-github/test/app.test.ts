import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { ConfigurationError, GitHubApp, GitHubClient } from "@grantkit/provider-github";
import type { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { mintsAt, passPause, readJwt, startedApp } from "./app-support.ts";

let emulator: GitHubEmulator;
let app: GitHubApp;
let clock: FakeClock;
let another: Awaited<ReturnType<typeof startedApp>>["another"];
let installation: number;

// One emulator and key for all tests: a key takes long to make. Each test has an app of its own, which knows no token.
beforeAll(async () => {
  ({ emulator, clock, another } = await startedApp());
  installation = emulator.installationIds[0] as number;
});
beforeEach(() => {
  app = another();
  emulator.clearRequests();
});
afterAll(() => emulator.close());

const bearerOf = (index = -1): string =>
  String(emulator.requests.at(index)?.headers["authorization"]).replace("Bearer ", "");
const gitHubs = (message: string, headers: Readonly<Record<string, string>> = {}) => ({
  status: 401,
  headers,
  body: { message, documentation_url: "https://docs.github.com/rest" },
});
const dateOfGitHub = (): Record<string, string> => ({ date: new Date(clock.now()).toUTCString() });

describe("the session of the app itself", () => {
  it("signs a JWT with RS256: iat a minute ago, exp nine minutes from now, the client ID as issuer", async () => {
    const { data } = await app.appSession().get("/app");
    expect(data).toMatchObject({ id: emulator.appId });
    expect(readJwt(bearerOf()).header).toEqual({ alg: "RS256", typ: "JWT" });
    const { seconds } = clock;
    expect(readJwt(bearerOf()).claims).toEqual({
      iss: emulator.clientId,
      iat: seconds - 60,
      exp: seconds + 540,
    });
  });

  it("sends the app ID as issuer if it is given, as an older Enterprise Server wants it", async () => {
    await another({ appId: emulator.appId }).appSession().get("/app");
    expect(readJwt(bearerOf()).claims["iss"]).toBe(String(emulator.appId));
  });

  it("signs one JWT for nine minutes, whatever session asks, and the next one before it expires", async () => {
    await app.appSession().get("/app");
    const first = bearerOf();
    clock.advance(479_000);
    await app.appSession().fetch("/app");
    expect(bearerOf()).toBe(first);
    clock.advance(2_000);
    await app.appSession().get("/app");
    expect(bearerOf()).not.toBe(first);
  });

  it.each([
    ["ahead", 600_000],
    ["behind", -3600_000],
  ])("works with a clock that is %s: it signs again with GitHub's time, once", async (_, error) => {
    const wrong = { now: () => clock.now() + error, after: () => () => undefined };
    const skewed = another({ clock: wrong });
    const { status } = await skewed.appSession().get("/app");
    expect(status).toBe(200);
    // GitHub refused the first one, and says its time in the header Date.
    expect(emulator.requests).toHaveLength(2);
    expect(readJwt(bearerOf(1)).claims).toMatchObject({ iat: clock.seconds - 60 });
    // The correction holds for the tokens that follow, whose expires_at is by GitHub's clock.
    const token = await skewed.fetchInstallationToken(installation);
    expect(token.expiresAt?.getTime()).toBe(clock.seconds * 1000 + error + 3600_000);
    expect(emulator.requests).toHaveLength(3);
  });

  it("corrects the time of all requests that were under way when GitHub refused the first", async () => {
    const wrong = { now: () => clock.now() + 600_000, after: () => () => undefined };
    const skewed = another({ clock: wrong });
    const sending = Array.from({ length: 20 }, () => skewed.appSession().get("/app"));
    expect((await Promise.all(sending)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    // Each request is sent twice at most, and all share the new JWT.
    expect(emulator.requests.length).toBeLessThanOrEqual(40);
    expect(new Set(emulator.requests.map(({ headers }) => headers["authorization"])).size).toBe(2);
  });

  it("does not sign again for a key that GitHub does not know, nor for times that it cannot correct", async () => {
    const session = app.appSession();
    for (const failure of [
      gitHubs("A JSON web token could not be decoded", dateOfGitHub()),
      gitHubs("'Issued at' claim ('iat') must be an Integer", dateOfGitHub()),
      gitHubs("'Expiration time' claim ('exp') is too far in the future", { date: "soon" }),
    ]) {
      emulator.clearRequests();
      emulator.failNext(failure);
      expect(await thrown(session.get("/app"))).toMatchObject({ status: 401 });
      expect(emulator.requests).toHaveLength(1);
    }
  });

  it("cannot be revoked, and says so", async () => {
    const session = app.appSession();
    await session.get("/app");
    expect(await thrown(session.revoke())).toMatchObject({ code: "CONFIGURATION_INVALID" });
  });
});

describe("an installation's session", () => {
  it("gets one token for 100 concurrent requests of many sessions, and places it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        app.installationSession(installation).get("/installation/repositories"),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(mintsAt(emulator)).toEqual([{}]);
    expect(bearerOf()).toMatch(/^ghs_.{500,}$/);
  });

  it("has a token of its own for other repositories, permissions and installations, whatever their order", async () => {
    const other = emulator.installationIds[1] as number;
    const sessions = [
      app.installationSession(installation, { permissions: { contents: "read", issues: "read" } }),
      app.installationSession(String(installation), {
        permissions: { issues: "read", contents: "read" },
      }),
      app.installationSession(installation, { permissions: { contents: "read" } }),
      app.installationSession(other),
    ];
    await Promise.all(sessions.map((session) => session.get("/installation/repositories")));
    expect(mintsAt(emulator)).toHaveLength(3);
    expect(sessions[0]?.token).toBe(sessions[1]?.token);
    expect(sessions[2]?.token.raw).toMatchObject({
      installation_id: installation,
      permissions: { contents: "read" },
    });
  });

  it("asks for fewer repositories, by name or ID", async () => {
    const all = await app.installationSession(installation).get("/installation/repositories");
    const [first] = all.data.repositories;
    for (const options of [{ repositories: [first.name] }, { repositoryIds: [first.id] }]) {
      const session = app.installationSession(installation, options);
      const { data } = await session.get("/installation/repositories");
      expect(data.repositories.map(({ id }: { id: number }) => id)).toEqual([first.id]);
      expect(session.token.raw["repository_selection"]).toBe("selected");
    }
    expect(mintsAt(emulator).slice(1)).toEqual([
      { repositories: [first.name] },
      { repository_ids: [first.id] },
    ]);
  });

  it("keeps the token until a minute before its end", async () => {
    const session = app.installationSession(installation);
    await session.get("/installation/repositories");
    clock.advance(3539_000);
    await session.get("/installation/repositories");
    expect(mintsAt(emulator)).toHaveLength(1);
    clock.advance(2_000);
    await session.get("/installation/repositories");
    expect(mintsAt(emulator)).toHaveLength(2);
  });

  it("sends a request again with the same token if GitHub does not know a new token yet", async () => {
    const session = app.installationSession(installation);
    emulator.failNext({ path: "/installation/repositories", ...gitHubs("Bad credentials") }, 2);
    const answer = session.get("/installation/repositories");
    await passPause(clock, 1000);
    await passPause(clock, 2000);
    expect((await answer).status).toBe(200);
    expect(mintsAt(emulator)).toHaveLength(1);
  });

  it("is accepted though GitHub does not know new tokens for three seconds", async () => {
    emulator.configure({ installationTokenDelay: 3 });
    const answer = app.installationSession(installation).get("/installation/repositories");
    await passPause(clock, 1000);
    await passPause(clock, 2000);
    expect((await answer).status).toBe(200);
    emulator.configure({ installationTokenDelay: 0 });
    expect(mintsAt(emulator)).toHaveLength(1);
  });

  it("is found by the repository that the app is installed on", async () => {
    const [user] = emulator.users;
    const [repository] = user?.repositories ?? [];
    const path = `/repos/${user?.login}/${repository?.name}/installation`;
    expect((await app.appSession().get(path)).data.id).toBe(installation);
  });

  it("gets another token if the first one was revoked", async () => {
    const session = app.installationSession(installation);
    await session.get("/installation/repositories");
    clock.advance(5_000);
    await session.fetch("/installation/token", { method: "DELETE" });
    expect((await session.get("/installation/repositories")).status).toBe(200);
    expect(mintsAt(emulator)).toHaveLength(2);
  });

  it("revokes its token with the token itself, as GitHub wants it", async () => {
    const session = app.installationSession(installation);
    await session.get("/installation/repositories");
    expect(await session.revoke()).toEqual({ atProvider: true });
    expect(emulator.requests.at(-1)).toMatchObject({
      method: "DELETE",
      path: "/api/installation/token",
    });
    expect(await thrown(session.get("/user"))).toMatchObject({ code: "SESSION_ENDED" });
    // A new session gets a new token.
    await app.installationSession(installation).get("/installation/repositories");
    expect(mintsAt(emulator)).toHaveLength(2);
  });

  it("gives its token for use elsewhere, and keeps it", async () => {
    const token = await app.fetchInstallationToken(installation);
    expect(await app.fetchInstallationToken(installation)).toBe(token);
    expect(token.expiresAt?.getTime()).toBe(clock.seconds * 1000 + 3600_000);
    expect(inspect(app, { depth: 9 })).not.toContain("PRIVATE KEY");
  });
});

describe("a request for an installation token that GitHub refuses", () => {
  const refusal = (options: object = {}, id = installation) =>
    thrown(app.fetchInstallationToken(id, options));

  it("says which installation is unknown", async () => {
    expect(await refusal({}, 99)).toMatchObject({
      name: "GitHubApiError",
      code: "API_REQUEST_FAILED",
      reason: "not-found",
      status: 404,
      message: expect.stringMatching(/installation 99.*not installed/),
    });
  });

  it("says that a permission was not granted", async () => {
    expect(await refusal({ permissions: { administration: "write" } })).toMatchObject({
      reason: "validation-failed",
      status: 422,
      message: expect.stringMatching(/permissions/),
    });
  });

  it("says that the key is not the app's, and shows nothing of it", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const error = await thrown(another({ privateKey }).fetchInstallationToken(installation));
    expect(error).toMatchObject({
      code: "INVALID_CLIENT",
      reason: "bad-credentials",
      message: expect.stringMatching(/privateKey/),
    });
    expect(inspect(error, { depth: 9 })).not.toMatch(/PRIVATE|eyJ/);
  });

  it("says that the account has suspended the app", async () => {
    emulator.configure({ installationsSuspended: true });
    expect(await refusal()).toMatchObject({ reason: "installation-suspended", retryable: false });
    emulator.configure({ installationsSuspended: false });
  });

  it("throws for a rate limit, with the time when it ends, and asks again later", async () => {
    emulator.failNext("api-primary-rate-limit");
    const hour = 3600_000;
    const reset = (Math.floor(clock.now() / hour) + 1) * hour;
    expect(await refusal()).toMatchObject({
      code: "RATE_LIMITED",
      reason: "primary-rate-limit",
      retryable: true,
      retryAfter: Math.ceil((reset - clock.now()) / 1000),
      resetAt: new Date(reset),
    });
    expect(await app.fetchInstallationToken(installation)).toBeDefined();
  });

  it.each([
    ["no object", "[]"],
    ["no token", JSON.stringify({ expires_at: "2026-01-15T13:00:00Z" })],
    ["no end", JSON.stringify({ token: "ghs_1" })],
  ])("throws for an answer with %s", async (_, body) => {
    emulator.failNext({ status: 201, headers: { "content-type": "application/json" }, body });
    expect(["API_REQUEST_FAILED", "TOKEN_RESPONSE_INVALID"]).toContain((await refusal()).code);
  });
});

describe("the app's options", () => {
  const options = { clientId: "id", privateKey: "" };

  it("are checked before anything is sent, without their values in the error", () => {
    expect(() => new GitHubApp(options)).toThrow(/privateKey is missing/);
    expect(() => new GitHubApp({ ...options, privateKey: "k", appId: "x s3cret" })).toThrow(
      /appId must be the number/,
    );
    expect(() => new GitHubApp(undefined as never)).toThrow(ConfigurationError);
    const lazy = new GitHubApp(() => options);
    expect(() => lazy.appSession()).toThrow(/privateKey is missing/);
  });

  it("may be a function", async () => {
    const { clientId, endpoints } = emulator;
    const privateKey = await emulator.createAppKey();
    const lazy = new GitHubApp(() => ({ clientId, endpoints, privateKey, clock }));
    expect((await lazy.appSession().get("/app")).status).toBe(200);
  });

  it.each([
    [{ repositories: [] }, /repositories must have 1 to 500 entries/],
    [{ repositories: ["octo/hello"] }, /repositories\[0\] must be the repository's name/],
    [{ repositoryIds: ["1"] }, /repositoryIds\[0\] must be a repository's ID/],
    [{ permissions: {} }, /permissions must be an object such as/],
    [{ permissions: { contents: "all" } }, /permissions must be/],
    [{ repos: ["a"] }, /repos/],
    [{ onTokenUpdate: () => undefined }, /onTokenUpdate is not an option/],
  ])("of an installation's session are checked: %j", (wrong, problem) => {
    expect(() => app.installationSession(installation, wrong as never)).toThrow(problem);
    expect(emulator.requests).toHaveLength(0);
  });

  it.each([0, -1, 1.5, true, [5], "x", "0x10", " 5", "../1", undefined])(
    "has no installation %j",
    (id) => {
      expect(() => app.installationSession(id as never)).toThrow(/must be a positive number/);
    },
  );
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

it("calls the API of an Enterprise Server and of GHE.com", async () => {
  const privateKey = await emulator.createAppKey();
  const sent: string[] = [];
  for (const host of ["github.acme.com", "octo.ghe.com"]) {
    const elsewhere = new GitHubApp({
      clientId: "id",
      privateKey,
      host,
      http: {
        adapter: (config) => {
          sent.push(String(config.url));
          const data = JSON.stringify({ token: "ghs_1.2", expires_at: "2999-01-01T00:00:00Z" });
          return Promise.resolve({ status: 201, statusText: "", data, headers: {}, config });
        },
      },
    });
    await elsewhere.installationSession(7).get("/installation/repositories");
  }
  expect(sent).toEqual([
    "https://github.acme.com/api/v3/app/installations/7/access_tokens",
    "https://github.acme.com/api/v3/installation/repositories",
    "https://api.octo.ghe.com/app/installations/7/access_tokens",
    "https://api.octo.ghe.com/installation/repositories",
  ]);
});
