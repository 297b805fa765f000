import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { CustomFailure, GitHubEmulator } from "@grantkit/emulator";
import {
  gitHubApiError,
  type GitHubClient,
  isOAuthError,
  type OAuth2Session,
  OAuthError,
} from "@grantkit/provider-github";
import { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { signIn, startedGitHub } from "./support.ts";

const clock = new FakeClock();
let emulator: GitHubEmulator;
let client: GitHubClient;
let session: OAuth2Session;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub(
    { now: () => clock.now() },
    { clock, retries: false },
  ));
  session = client.session(await signIn(client, emulator));
});
beforeEach(() => {
  emulator.clearRequests();
  emulator.configure({ rateLimit: "none" });
});
afterAll(() => emulator.close());

const explained = async (failure?: CustomFailure) => {
  if (failure) emulator.failNext(failure);
  return gitHubApiError(await thrown(session.get("/user")), clock);
};
const reset = () => new Date((Math.floor(clock.now() / 3600_000) + 1) * 3600_000);
const inSeconds = (seconds: number) => new Date(clock.now() + seconds * 1000);

describe("gitHubApiError()", () => {
  it.each([403, 429] as const)("explains the primary rate limit (%d)", async (status) => {
    emulator.configure({ rateLimit: "primary", rateLimitStatus: status });
    const error = await explained();
    expect(error).toMatchObject({
      name: "GitHubApiError",
      code: "RATE_LIMITED",
      reason: "primary-rate-limit",
      status,
      resetAt: reset(),
      retryable: true,
      message: expect.stringMatching(/the request with: API rate limit exceeded.*Wait until/),
    });
    expect(error?.retryAfter).toBe(Math.ceil((reset().getTime() - clock.now()) / 1000));
    expect(isOAuthError(error)).toBe(true);
  });

  it.each([
    ["secondary", 403],
    ["secondary", 429],
    ["secondary-without-retry-after", 403],
    ["secondary-without-retry-after", 429],
  ] as const)(
    "explains the limit %s (%d): GitHub's time, or a minute",
    async (rateLimit, status) => {
      emulator.configure({ rateLimit, rateLimitStatus: status });
      expect(await explained()).toMatchObject({
        code: "RATE_LIMITED",
        reason: "secondary-rate-limit",
        resetAt: inSeconds(60),
        retryAfter: 60,
      });
    },
  );

  it.each<[string, CustomFailure, object]>([
    [
      "retry-after before the hour's end",
      {
        status: 403,
        headers: { "retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9e9" },
        body: { message: "API rate limit exceeded for 10.0.0.1." },
      },
      { reason: "primary-rate-limit", retryAfter: 7 },
    ],
    [
      "a reset that has passed",
      {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" },
        body: { message: "API rate limit exceeded." },
      },
      { reason: "primary-rate-limit", retryAfter: 60, isResetKnown: false },
    ],
    [
      "retry-after that has passed",
      { status: 429, headers: { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" } },
      { reason: "secondary-rate-limit", retryAfter: 60, isResetKnown: false },
    ],
    [
      "retry-after of no time",
      { status: 403, headers: { "retry-after": "0" } },
      { reason: "secondary-rate-limit", retryAfter: 60, isResetKnown: false },
    ],
    [
      "a reset that cannot be read",
      { status: 429, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon" } },
      { reason: "primary-rate-limit", retryAfter: 60 },
    ],
    ["429 without a word", { status: 429 }, { reason: "secondary-rate-limit", retryAfter: 60 }],
    [
      "a limit that only the text names",
      { status: 403, body: { message: "API rate limit already exceeded for user ID 1815." } },
      { reason: "primary-rate-limit", retryAfter: 60 },
    ],
    [
      "login attempts, whose end nobody knows",
      { status: 403, body: { message: "Maximum number of login attempts exceeded." } },
      { reason: "login-attempts", code: "RATE_LIMITED", resetAt: undefined, retryAfter: undefined },
    ],
  ])("reads %s", async (_, failure, expected) => {
    expect(await explained(failure)).toMatchObject(expected);
  });

  it("has the page that authorizes the token for single sign-on", async () => {
    emulator.failNext("api-sso-required");
    expect(await explained()).toMatchObject({
      code: "INTERACTION_REQUIRED",
      reason: "sso-required",
      ssoUrl: "https://github.com/orgs/example/sso",
      retryable: false,
    });
  });

  it.each(["required; url=javascript:alert(1)", "required; url=http://x.example/", "required"])(
    "has no page for the header %j",
    async (header) => {
      const failure = {
        status: 403,
        headers: { "x-github-sso": header },
        body: { message: "No." },
      };
      const error = await explained(failure);
      expect(error?.ssoUrl).toBeUndefined();
      expect(error?.reason).toBe("forbidden");
    },
  );

  it("has the scopes and permissions that would do, and the ID of the request", async () => {
    const error = await explained({
      status: 404,
      headers: {
        "x-accepted-oauth-scopes": "repo, read:org",
        "x-accepted-github-permissions": "issues=write",
        "x-github-request-id": "A1:B2",
      },
      body: { message: "Not Found", documentation_url: "https://docs.github.com/rest" },
    });
    expect(error).toMatchObject({
      code: "API_REQUEST_FAILED",
      reason: "not-found",
      acceptedScopes: ["repo", "read:org"],
      acceptedPermissions: "issues=write",
      requestId: "A1:B2",
      errorUri: "https://docs.github.com/rest",
    });
  });

  it.each([
    [401, "Bad credentials", "bad-credentials", "TOKEN_REJECTED"],
    [403, "Resource not accessible by integration", "forbidden", "API_REQUEST_FAILED"],
    [403, "This installation has been suspended", "installation-suspended", "API_REQUEST_FAILED"],
    [410, 'API version "2000-01-01" is not supported.', "unsupported-api-version", undefined],
    [400, 'API version "2000-01-01" is not supported.', "unsupported-api-version", undefined],
    [400, "Problems parsing JSON", "other", "API_REQUEST_FAILED"],
    [422, "Validation Failed", "validation-failed", "API_REQUEST_FAILED"],
    [502, "Server Error", "other", "SERVER_ERROR"],
  ])("tells %d %j", async (status, message, reason, code) => {
    const error = await explained({ status, body: { message } });
    expect(error).toMatchObject({ status, reason, ...(code && { code }) });
  });

  it("reads an error of this GitHub for a version that it does not support", async () => {
    const { clientId, endpoints } = emulator;
    const { GitHubClient: Client } = await import("@grantkit/provider-github");
    const old = new Client({ clientId, endpoints, apiVersion: "2000-01-01", clock });
    const error = await thrown(old.session(session.token).get("/user"));
    expect(gitHubApiError(error)).toMatchObject({ reason: "unsupported-api-version", status: 410 });
  });

  it("keeps control characters and long texts out of the message", async () => {
    const error = await explained({ status: 403, body: { message: `a\nb${"c".repeat(9000)}` } });
    expect(error?.message).toContain("a b");
    expect(error?.message.length).toBeLessThan(700);
  });

  it("shows no token that GitHub repeats", async () => {
    const { accessToken } = session.token;
    const error = await explained({ status: 403, body: { message: `No: ${accessToken}` } });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(accessToken);
  });

  it("gives errors of the package as they are, and undefined for others", () => {
    expect(gitHubApiError(new OAuthError("NETWORK_ERROR", "No."))).toBeUndefined();
    expect(gitHubApiError(new Error("No."))).toBeUndefined();
    expect(gitHubApiError(undefined)).toBeUndefined();
  });
});
