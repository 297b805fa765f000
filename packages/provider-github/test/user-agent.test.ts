import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GitHubEmulator } from "@grantkit/emulator";
import type { GitHubClient, Token } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let emulator: GitHubEmulator;
let client: GitHubClient;
let token: Token;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub());
  token = await signIn(client, emulator);
});
afterAll(() => emulator.close());

it("sends a request's own User-Agent and API version, by axios and by fetch", async () => {
  const session = client.session(token);
  const headers = { "User-Agent": "acme/1.0", "X-GitHub-Api-Version": "2022-11-28" };
  await session.get("/user", { headers });
  await session.fetch("/user", { headers });
  for (const { headers: sent } of emulator.requests.slice(-2)) {
    expect(sent).toMatchObject({
      "user-agent": "acme/1.0",
      "x-github-api-version": "2022-11-28",
      accept: "application/vnd.github+json",
    });
  }
});

it("passes on GitHub's error for an unknown API version", async () => {
  const { emulator: other, client: odd } = await startedGitHub({}, { apiVersion: "1999-01-01" });
  const ours = await signIn(odd, other);
  await expect(odd.profile(ours)).rejects.toMatchObject({ status: 410 });
  await other.close();
});
