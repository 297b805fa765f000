import { afterEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { signIn, startedGitHub } from "./support.ts";

const running: GitHubEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

async function started(...parameters: Parameters<typeof startedGitHub>) {
  const world = await startedGitHub(...parameters);
  running.push(world.emulator);
  return world;
}

const tokenRequests = ({ requests }: GitHubEmulator) =>
  requests.filter(({ path }) => path === "/login/oauth/access_token");

describe("sign in with GitHub", () => {
  it("ends with a token, the user's profile, and their API", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    expect(token.accessToken).toMatch(/^gho_/);
    expect(token.expiresAt).toBeUndefined();
    const session = client.session(token);
    expect(await session.profile()).toMatchObject({
      id: "1815",
      username: "ada-l",
      name: "Ada Lovelace",
      email: "ada@lovelace.example",
      emailVerified: true,
      picture: expect.stringContaining("/avatar/"),
      profileUrl: `${emulator.origin}/ada-l`,
    });
    expect((await session.get<{ login: string }>("/user")).data.login).toBe("ada-l");
    const response = await session.fetch("/user/repos?per_page=1");
    expect(response.headers.get("link")).toContain('rel="next"');
  });

  it("sends PKCE S256, and the headers that GitHub requires of API requests", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    await client.session(token).get("/user");
    const [authorization] = emulator.requests;
    expect(authorization?.query).toMatchObject({ code_challenge_method: "S256" });
    expect(emulator.requests.at(-1)?.headers).toMatchObject({
      accept: "application/vnd.github+json",
      "x-github-api-version": "2026-03-10",
      "user-agent": "grantkit",
      authorization: `Bearer ${token.accessToken}`,
    });
  });

  it("passes login, allowSignup and prompt", async () => {
    const { client } = await started();
    const request = await client.authorizationRequest({
      login: "ada-l",
      allowSignup: false,
      prompt: "select_account",
    });
    expect(Object.fromEntries(new URL(request.url).searchParams)).toMatchObject({
      scope: "read:user user:email",
      login: "ada-l",
      allow_signup: "false",
      prompt: "select_account",
    });
  });

  it("accepts a callback with iss or without it, and refuses another issuer's", async () => {
    const { emulator, client } = await started({ iss: false });
    await expect(signIn(client, emulator)).resolves.toBeDefined();
    emulator.configure({ iss: true });
    await expect(signIn(client, emulator)).resolves.toBeDefined();
    const before = tokenRequests(emulator).length;
    emulator.configure({ iss: "wrong" });
    await expect(signIn(client, emulator)).rejects.toMatchObject({ code: "ISSUER_MISMATCH" });
    expect(tokenRequests(emulator)).toHaveLength(before);
  });

  it("reports a user who declines, without a token request", async () => {
    const { emulator, client } = await started();
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url, { deny: true });
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "ACCESS_DENIED",
      error: "access_denied",
      errorDescription: "The user has denied your application access.",
      provider: "github",
    });
    expect(tokenRequests(emulator)).toHaveLength(0);
  });

  it("reports a redirect URI that is not registered, which GitHub sends to the registered one", async () => {
    const { emulator, client } = await started({ redirectUris: ["http://127.0.0.1:9/registered"] });
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:9\/registered\?/);
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      error: "redirect_uri_mismatch",
    });
  });
});

describe("errors with status 200", () => {
  it("are thrown for a used code", async () => {
    const { emulator, client } = await started();
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    await client.fetchToken(callback, request);
    await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
      code: "INVALID_GRANT",
      error: "bad_verification_code",
      errorDescription: "The code passed is incorrect or expired.",
      status: 200,
    });
  });

  it("are thrown for a wrong secret", async () => {
    const { emulator, client } = await started({}, { clientSecret: "not-the-secret" });
    await expect(signIn(client, emulator)).rejects.toMatchObject({
      code: "INVALID_CLIENT",
      error: "incorrect_client_credentials",
    });
  });

  it("are thrown for a wrong PKCE verifier", async () => {
    const { emulator, client } = await started();
    const request = await client.authorizationRequest();
    const callback = await emulator.authorize(request.url);
    const forged = { ...request, codeVerifier: "x".repeat(43) };
    await expect(client.fetchToken(callback, forged)).rejects.toMatchObject({
      code: "INVALID_GRANT",
    });
  });
});

describe("scopes", () => {
  it("are read with commas between them, and GitHub's normalizing is reported", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator, { scope: ["repo", "gist", "user", "user:email"] });
    expect(new Set(token.scope)).toEqual(new Set(["repo", "gist", "user"]));
    expect(token.scopeChange).toEqual({ missing: ["user:email"], additional: [] });
  });

  it("are empty for a GitHub App", async () => {
    const { emulator, client } = await started({ appType: "github-app" });
    const token = await signIn(client, emulator, { scope: [] });
    expect(token.accessToken).toMatch(/^ghu_/);
    expect(token.scope).toEqual([]);
  });
});

describe("e-mail addresses", () => {
  it.each([
    [
      "is the verified primary one, wherever it stands in the list",
      "gracehopper",
      "grace@navy.example",
      true,
    ],
    ["is none when the primary one is not verified", "hypatia", undefined, undefined],
  ])("the profile's %s", async (_name, user, email, emailVerified) => {
    const { emulator, client } = await started();
    const profile = await client.profile(await signIn(client, emulator, { user }));
    expect({ email: profile.email, emailVerified: profile.emailVerified }).toEqual({
      email,
      emailVerified,
    });
    expect(profile.name).toBeTruthy();
  });

  it("are missing without the scope, and the user still has a profile", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator, { scope: ["read:user"] });
    expect(await client.profile(token)).toMatchObject({ id: "1815", email: undefined });
  });

  it("are missing for a GitHub App without the permission", async () => {
    const { emulator, client } = await started({ appType: "github-app", emailPermission: false });
    expect(await client.profile(await signIn(client, emulator))).toMatchObject({
      id: "1815",
      email: undefined,
    });
  });
});

describe("the API's own errors", () => {
  it.each(["primary", "secondary"] as const)(
    "a %s rate limit, though its status is 403",
    async (rateLimit) => {
      const { emulator, client } = await started();
      const token = await signIn(client, emulator);
      emulator.configure({ rateLimit });
      await expect(client.profile(token)).rejects.toMatchObject({
        code: "RATE_LIMITED",
        status: 403,
        retryable: true,
      });
    },
  );

  it("are TOKEN_REJECTED for a token that is no longer valid", async () => {
    const { emulator, client } = await started();
    const token = await signIn(client, emulator);
    emulator.failNext("api-bad-credentials", 2);
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "TOKEN_REJECTED",
      status: 401,
      error: "Bad credentials",
    });
  });
});
