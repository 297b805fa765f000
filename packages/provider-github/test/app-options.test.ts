import { describe, expect, it } from "@jest/globals";
import { ConfigurationError, GitHubApp } from "@grantkit/provider-github";
import { appForEach } from "./app-support.ts";

const github = appForEach();

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
    const { clientId, endpoints } = github.emulator;
    const privateKey = await github.emulator.createAppKey();
    const lazy = new GitHubApp(() => ({ clientId, endpoints, privateKey, clock: github.clock }));
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
    expect(() => github.app.installationSession(github.installation, wrong as never)).toThrow(
      problem,
    );
    expect(github.emulator.requests).toHaveLength(0);
  });

  it.each([0, -1, 1.5, true, [5], "x", "0x10", " 5", "../1", undefined])(
    "has no installation %j",
    (id) => {
      expect(() => github.app.installationSession(id as never)).toThrow(
        /must be a positive number/,
      );
    },
  );
});
