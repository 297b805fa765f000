import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { github, GitHubClient } from "@grantkit/provider-github";
import {
  optionalFields,
  polluted,
  readsFromPrototype,
} from "../../core/test/support/prototype-traps.ts";

let emulator: GitHubEmulator;

beforeAll(async () => {
  emulator = await startGitHub();
});
afterAll(() => emulator.close());

function made(): GitHubClient {
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  return new GitHubClient({ clientId, clientSecret, redirectUri, endpoints });
}

it("reads own fields only: the preset, the client, a sign-in and the profile", async () => {
  const names = [...new Set([...optionalFields("core"), ...optionalFields("provider-github")])];
  const reads = await readsFromPrototype(names, async () => {
    github();
    const client = made();
    const request = await client.authorizationRequest();
    const token = await client.fetchToken(await emulator.authorize(request.url), request);
    await client.profile(token);
  });
  expect(reads).toEqual([]);
});

it("takes no endpoints and no host from Object.prototype", async () => {
  const additions = {
    endpoints: { token: "http://127.0.0.1:1/evil" },
    host: "evil.example",
    version: "v1.0",
    apiVersion: "2000-01-01",
    api: "http://127.0.0.1:1/evil",
    token: "http://127.0.0.1:1/evil",
    issuer: "http://127.0.0.1:1/evil",
  };
  await polluted(additions, async () => {
    const { endpoints, issuer, api } = new GitHubClient({
      clientId: "client-id",
      redirectUri: "http://127.0.0.1:8080/callback",
    }).provider;
    expect(JSON.stringify({ endpoints, issuer, api, preset: github() })).not.toMatch(
      /evil|v1\.0|2000-01-01/,
    );
  });
});
