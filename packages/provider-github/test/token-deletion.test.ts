import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { CustomFailure, GitHubEmulator } from "@grantkit/emulator";
import { MemoryTokenStore } from "@grantkit/core";
import { GitHubClient } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let now = Date.UTC(2026, 10, 21);
let emulator: GitHubEmulator;
let client: GitHubClient;

beforeAll(async () => {
  const clock = { now: () => now, after: () => () => undefined };
  ({ emulator, client } = await startedGitHub(
    { now: () => now, expiringTokens: true },
    { clock, retries: false },
  ));
});
/** A client that does not know which tokens were deleted: GitHub has to say so. */
const another = (): GitHubClient => {
  const { clientId, clientSecret, endpoints } = emulator;
  const clock = { now: () => now, after: () => () => undefined };
  return new GitHubClient({ clientId, clientSecret, endpoints, clock });
};
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

it("deletes one token, with the app's credentials and not with the token", async () => {
  const token = await signIn(client, emulator);
  const other = await signIn(client, emulator);
  await client.deleteToken(token);
  const { method, path, headers, body } = emulator.requests.at(-1) ?? {};
  expect([method, path]).toEqual(["DELETE", `/api/applications/${emulator.clientId}/token`]);
  expect(headers?.["authorization"]).toMatch(/^Basic /);
  expect(body).toEqual({ access_token: token.accessToken });
  await expect(another().profile(token)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
  await expect(client.profile(token)).rejects.toMatchObject({ code: "SESSION_ENDED" });
  expect((await client.profile(other)).username).toBe("ada-l");
});

it("deletes a token with the secret that a function gives", async () => {
  const { clientId, clientSecret, endpoints } = emulator;
  const own = new GitHubClient({ clientId, clientSecret: async () => clientSecret, endpoints });
  const token = await signIn(client, emulator);
  await own.deleteToken(token);
  await expect(client.profile(token)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});

it("deletes the whole grant, by a stored token too", async () => {
  const token = await signIn(client, emulator);
  const other = await signIn(client, emulator);
  await client.deleteGrant(JSON.parse(JSON.stringify(token)) as never);
  for (const dead of [token, other]) {
    await expect(another().profile(dead)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
  }
});

it("does not throw for a token that was deleted or has expired", async () => {
  const token = await signIn(client, emulator);
  await client.deleteToken(token);
  await expect(client.deleteToken(token)).resolves.toBeUndefined();
  const expired = await signIn(client, emulator);
  now += 28_800_000;
  await expect(client.deleteToken(expired)).resolves.toBeUndefined();
});

const html = { "content-type": "text/html" };
const gitHubs404 = { message: "Not Found", documentation_url: "https://docs.github.com/rest" };

it.each<[string, CustomFailure]>([
  ["without a body", {}],
  ["with a page", { headers: html, body: "<html><h1>404 Not Found</h1></html>" }],
  ["with text", { headers: { "content-type": "text/plain" }, body: "default backend - 404" }],
  ["with a gateway's message", { body: { message: "Not Found" } }],
  ["with a gateway's error", { body: { error: "not_found", path: "/api/v3" } }],
  [
    "with another API's page",
    { body: { ...gitHubs404, documentation_url: "https://docs.a.example/" } },
  ],
  [
    "with another message of GitHub's",
    { body: { ...gitHubs404, message: "Integration not found" } },
  ],
  ["with a list", { body: [gitHubs404] }],
  ["with null", { body: null }],
])("throws for a 404 %s, which is not GitHub's answer about a token", async (_what, answer) => {
  const token = await signIn(client, emulator);
  for (const what of ["Token", "Grant"] as const) {
    emulator.failNext({ path: `/${what.toLowerCase()}`, status: 404, ...answer });
    await expect(client[`delete${what}`](token)).rejects.toMatchObject({
      code: "API_REQUEST_FAILED",
      status: 404,
      retryable: false,
      message: expect.stringMatching(/may still be valid.*endpoints/),
    });
  }
  await expect(client.profile(token)).resolves.toBeDefined();
});

it("knows GitHub's own 404 with and without a status in the body, and of an Enterprise Server", async () => {
  const token = await signIn(client, emulator);
  for (const body of [
    gitHubs404,
    { ...gitHubs404, status: "404" },
    {
      message: "Not Found",
      documentation_url: "https://docs.github.com/enterprise-server@3.18/rest",
    },
    { message: "Not Found", documentation_url: "https://developer.github.com/v3" },
  ]) {
    emulator.failNext({ path: "/token", status: 404, body });
    await expect(client.deleteToken(token)).resolves.toBeUndefined();
  }
});

it("throws without the app's secret, and for a wrong one", async () => {
  const token = await signIn(client, emulator);
  const { clientId, endpoints } = emulator;
  emulator.clearRequests();
  await expect(new GitHubClient({ clientId, endpoints }).deleteToken(token)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
  expect(emulator.requests).toHaveLength(0);
  const clientSecret = "not-the-secret-of-the-app";
  const error: unknown = await new GitHubClient({ clientId, clientSecret, endpoints })
    .deleteToken(token)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "INVALID_CLIENT", status: 401, retryable: false });
  expect(inspect(error, { depth: 9 })).not.toContain(clientSecret);
});

it.each([
  ["api-primary-rate-limit", "RATE_LIMITED"],
  ["api-unavailable", "SERVER_ERROR"],
] as const)("that fails for %s may be tried again", async (failure, code) => {
  const token = await signIn(client, emulator);
  emulator.failNext(failure);
  await expect(client.deleteToken(token)).rejects.toMatchObject({ code, retryable: true });
  await expect(client.profile(token)).resolves.toBeDefined();
});

it("throws an error without secret and token when GitHub does not answer", async () => {
  const token = await signIn(client, emulator);
  const { clientId, clientSecret, endpoints } = emulator;
  const nowhere = { ...endpoints, api: "http://127.0.0.1:1" };
  const error: unknown = await new GitHubClient({ clientId, clientSecret, endpoints: nowhere })
    .deleteToken(token)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
  expect(inspect(error, { depth: 9 })).not.toContain(clientSecret);
  expect(inspect(error, { depth: 9 })).not.toContain(token.accessToken);
});

it("is what revokeToken() does, and session.revoke(), which ends the session and deletes its record too", async () => {
  const token = await signIn(client, emulator);
  await client.revokeToken(token);
  await expect(another().profile(token)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
  const store = new MemoryTokenStore();
  const key = "github:1";
  const session = await client.storedSession({ store, key, token: await signIn(client, emulator) });
  expect(await session.revoke()).toEqual({ atProvider: true });
  expect(session.authorized).toBe(false);
  expect(await store.get(key)).toBeUndefined();
  await expect(another().profile(session.token)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});
