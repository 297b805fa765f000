import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { rejectionOf } from "../../core/test/support/canaries.ts";
import { signIn, startedGitHub } from "./support.ts";

let emulator: GitHubEmulator;
let client: GitHubClient;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub({}, { retries: false }));
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

it("revokes leaked tokens without any credential", async () => {
  const { accessToken } = await signIn(client, emulator);
  const { clientId, endpoints } = emulator;
  emulator.clearRequests();
  const reporter = new GitHubClient({ clientId, endpoints });
  expect(await reporter.revokeCredentials([accessToken, "ghp_unknown"])).toBeUndefined();
  expect(emulator.requests[0]?.body).toEqual({ credentials: [accessToken, "ghp_unknown"] });
  expect(emulator.requests[0]?.headers).not.toHaveProperty("authorization");
  expect(await client.checkToken({ accessToken })).toBeUndefined();
});

it("accepts a success without a body", async () => {
  emulator.failNext({ path: "/api/credentials/revoke", status: 202, body: "" });
  expect(await client.revokeCredentials(["ghp_1"])).toBeUndefined();
});

it("throws what GitHub refuses, and shows no token", async () => {
  emulator.failNext({
    path: "/api/credentials/revoke",
    status: 422,
    body: { message: "ghp_leaked is no token" },
  });
  const error = await rejectionOf(client.revokeCredentials(["ghp_leaked"]));
  expect(error).toMatchObject({ reason: "validation-failed" });
  expect(String(error)).not.toContain("ghp_leaked");
});

it.each<[unknown, string]>([
  [[], "1 to 1000"],
  [undefined, "1 to 1000"],
  [Array.from({ length: 1001 }, () => "ghp_1"), "1 to 1000"],
  [["ghp_1", ""], "be a token"],
  ["ghp_1", "tokens"],
])("sends nothing for %.20j", async (credentials, problem) => {
  const error = await rejectionOf(client.revokeCredentials(credentials as string[]));
  expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  expect(String(error)).toContain(problem);
  expect(emulator.requests).toHaveLength(0);
});
