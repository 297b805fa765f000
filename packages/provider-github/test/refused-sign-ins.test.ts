import { afterEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator, GitHubOptions } from "@grantkit/emulator";
import { signIn, startedGitHub } from "./support.ts";

const running: GitHubEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

async function started(switches: GitHubOptions = {}) {
  const world = await startedGitHub(switches, { retries: false });
  running.push(world.emulator);
  return world;
}

describe("a sign-in that GitHub refuses", () => {
  it("of an app that GitHub has suspended is UNAUTHORIZED_CLIENT", async () => {
    const { emulator, client } = await started({ applicationSuspended: true });
    await expect(signIn(client, emulator)).rejects.toMatchObject({
      code: "UNAUTHORIZED_CLIENT",
      error: "application_suspended",
    });
  });

  it("of a user without a verified address is ACCESS_DENIED", async () => {
    const { emulator, client } = await started({ allowUnverifiedEmail: false });
    await expect(signIn(client, emulator, { user: "hypatia" })).rejects.toMatchObject({
      code: "ACCESS_DENIED",
      error: "unverified_user_email",
    });
    await expect(signIn(client, emulator)).resolves.toBeDefined();
  });

  it.each([
    ["bad_verification_code", "INVALID_GRANT"],
    ["invalid_grant", "INVALID_GRANT"],
    ["incorrect_client_credentials", "INVALID_CLIENT"],
  ] as const)(
    "for a wrong code verifier is refused, whatever GitHub calls it: %s is %s",
    async (proofKeyError, code) => {
      const { emulator, client } = await started({ proofKeyError });
      const request = await client.authorizationRequest();
      const callback = await emulator.authorize(request.url);
      const forged = { ...request, codeVerifier: "x".repeat(43) };
      await expect(client.fetchToken(callback, forged)).rejects.toMatchObject({ code });
    },
  );

  it("because the user got too many tokens in an hour is RATE_LIMITED", async () => {
    const { emulator, client } = await started();
    emulator.failNext("token-too-many");
    await expect(signIn(client, emulator)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      status: 429,
    });
  });
});

describe("a token request", () => {
  it("sends the client's credentials in the form, and a GitHub App's repository_id", async () => {
    const { emulator, client } = await started({ appType: "github-app" });
    const request = await client.authorizationRequest({ scope: [] });
    const callback = await emulator.authorize(request.url);
    await client.fetchToken(callback, request, { parameters: { repository_id: "7" } });
    const { method, headers, query, body } = emulator.requests.at(-1) ?? {};
    expect([method, query, headers?.["authorization"]]).toEqual(["POST", {}, undefined]);
    expect(body).toMatchObject({
      client_id: emulator.clientId,
      client_secret: emulator.clientSecret,
      repository_id: "7",
    });
  });

  it("has the scopes of earlier sign-ins if it asks for none", async () => {
    const { emulator, client } = await started();
    await signIn(client, emulator, { scope: ["gist", "user:email"] });
    const token = await signIn(client, emulator, { scope: [] });
    expect([...token.scope].toSorted()).toEqual(["gist", "user:email"]);
    expect(token.scopeChange).toEqual({ missing: [], additional: ["gist", "user:email"] });
  });
});
