// passport's strategy for GitHub as a judge of what the emulator serves.
import { expect, it } from "@jest/globals";
import { Strategy } from "passport-github2";
import type { Profile } from "passport-github2";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { passportApp } from "../support/passport-app.ts";
import type { PassportApp } from "../support/passport-app.ts";
import { closedAfterEach } from "../support/running.ts";
import { parameter } from "../support/wire.ts";

const running = closedAfterEach();

/** A loopback address, which GitHub accepts with any port. */
const REGISTERED = "http://127.0.0.1/callback";

/** With the addresses of an Enterprise Server. */
const appOf = (
  { origin, clientId, clientSecret }: GitHubEmulator,
  more: { scope?: string[]; allRawEmails?: boolean; pkce?: boolean; state?: any } = {},
): Promise<PassportApp<Profile>> =>
  running(
    passportApp<Profile>(
      (callbackURL, verify) =>
        new Strategy(
          {
            clientID: clientId,
            clientSecret,
            callbackURL,
            authorizationURL: `${origin}/login/oauth/authorize`,
            tokenURL: `${origin}/login/oauth/access_token`,
            userProfileURL: `${origin}/api/v3/user`,
            userEmailURL: `${origin}/api/v3/user/emails`,
            ...more,
          },
          verify,
        ),
    ),
  );

it("signs a user in by form-encoded replies, and gets the primary address with user:email", async () => {
  const github = await running(startGitHub());
  const app = await appOf(github, { scope: ["user:email", "gist"], state: true, pkce: true });
  const callback = await github.authorize(await app.begin(), { user: "gracehopper" });
  const { user } = await app.end(callback);
  const reply = github.requests.find(({ path }) => path === "/login/oauth/access_token");
  expect(reply?.headers["accept"]).toBeUndefined();
  expect(user).toMatchObject({
    accessToken: expect.stringMatching(/^gho_/),
    parameters: { scope: "user:email,gist", token_type: "bearer" },
    profile: {
      provider: "github",
      id: expect.stringMatching(/^\d+$/),
      nodeId: expect.any(String),
      displayName: "Grace Hopper",
      username: "gracehopper",
      profileUrl: `${github.origin}/gracehopper`,
      emails: [{ value: "grace@navy.example" }],
      photos: [{ value: expect.any(String) }],
    },
  });
});

it("lists all addresses with allRawEmails", async () => {
  const github = await running(startGitHub());
  const app = await appOf(github, { scope: ["user:email"], allRawEmails: true });
  const callback = await github.authorize(await app.begin(), { user: "gracehopper" });
  const { user } = await app.end(callback);
  expect(user?.profile.emails).toHaveLength(3);
  expect(user?.profile.emails?.at(-1)).toEqual({
    value: "grace@navy.example",
    primary: true,
    verified: true,
    visibility: expect.anything(),
  });
});

it("fails without the scope that the addresses need, and works without the addresses", async () => {
  const github = await running(startGitHub());
  const wanting = await appOf(github, { scope: ["user:email"] });
  const narrow = await wanting.begin({ scope: ["gist"] });
  expect((await wanting.end(await github.authorize(narrow))).error).toMatchObject({
    name: "InternalOAuthError",
    oauthError: { statusCode: 404 },
  });
  const plain = await appOf(github);
  const { user } = await plain.end(await github.authorize(await plain.begin()));
  expect(user?.profile.username).toBe("ada-l");
});

it("signs users of an Enterprise Server in, which ignores PKCE, and gets a refresh token", async () => {
  const github = await running(startGitHub({ enterpriseServer: true, expiringTokens: true }));
  const app = await appOf(github, { state: true, pkce: true });
  const { user } = await app.end(await github.authorize(await app.begin()));
  expect(user?.refreshToken).toMatch(/^ghr_/);
  expect(user?.parameters).toMatchObject({ expires_in: "28800" });
});

it("reports a user who declines, and a redirect URI that is not registered", async () => {
  const github = await running(startGitHub({ redirectUris: [REGISTERED] }));
  const app = await appOf(github);
  const denied = await app.end(await github.authorize(await app.begin(), { deny: true }));
  expect(denied.info).toEqual({ message: "The user has denied your application access." });
  const url = new URL(await app.begin());
  const own = url.searchParams.get("redirect_uri") ?? "";
  url.searchParams.set("redirect_uri", "https://elsewhere.example/");
  const callback = await github.authorize(url.href);
  const { error } = await app.end(callback.replace(REGISTERED, own));
  expect(error).toMatchObject({
    name: "AuthorizationError",
    code: "redirect_uri_mismatch",
    uri: parameter(callback, "error_uri"),
  });
});

it("reports a code that was used, which GitHub answers with status 200", async () => {
  const github = await running(startGitHub());
  const app = await appOf(github);
  const callback = await github.authorize(await app.begin());
  expect((await app.end(callback)).user?.profile.username).toBe("ada-l");
  const { error } = await app.end(callback);
  expect((error as Error).message).toBe("Failed to obtain access token");
});
