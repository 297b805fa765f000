import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { thrown } from "../../core/test/support/thrown.ts";
import { appForEach } from "./app-support.ts";

const github = appForEach();

describe("a request for an installation token that GitHub refuses", () => {
  const refusal = (options: object = {}, id = github.installation) =>
    thrown(github.app.fetchInstallationToken(id, options));

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
    const error = await thrown(
      github.another({ privateKey }).fetchInstallationToken(github.installation),
    );
    expect(error).toMatchObject({
      code: "INVALID_CLIENT",
      reason: "bad-credentials",
      message: expect.stringMatching(/privateKey/),
    });
    expect(inspect(error, { depth: 9 })).not.toMatch(/PRIVATE|eyJ/);
  });

  it("says that the account has suspended the app", async () => {
    github.emulator.configure({ installationsSuspended: true });
    expect(await refusal()).toMatchObject({ reason: "installation-suspended", retryable: false });
    github.emulator.configure({ installationsSuspended: false });
  });

  it("throws for a rate limit, with the time when it ends, and asks again later", async () => {
    github.emulator.failNext("api-primary-rate-limit");
    const hour = 3600_000;
    const reset = (Math.floor(github.clock.now() / hour) + 1) * hour;
    expect(await refusal()).toMatchObject({
      code: "RATE_LIMITED",
      reason: "primary-rate-limit",
      retryable: true,
      retryAfter: Math.ceil((reset - github.clock.now()) / 1000),
      resetAt: new Date(reset),
    });
    expect(await github.app.fetchInstallationToken(github.installation)).toBeDefined();
  });

  it.each([
    ["no object", "[]"],
    ["no token", JSON.stringify({ expires_at: "2026-01-15T13:00:00Z" })],
    ["no end", JSON.stringify({ token: "ghs_1" })],
  ])("throws for an answer with %s", async (_, body) => {
    github.emulator.failNext({
      status: 201,
      headers: { "content-type": "application/json" },
      body,
    });
    expect(["API_REQUEST_FAILED", "TOKEN_RESPONSE_INVALID"]).toContain((await refusal()).code);
  });
});
