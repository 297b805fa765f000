import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import type { GitHubClient } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let now = Date.UTC(2026, 10, 21);
let emulator: GitHubEmulator;
let client: GitHubClient;

beforeAll(async () => {
  const clock = { now: () => now, after: () => () => undefined };
  ({ emulator, client } = await startedGitHub({ now: () => now, expiringTokens: true }, { clock }));
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

const refreshes = () =>
  emulator.requests.filter(({ body }) => body["grant_type"] === "refresh_token");

it("reads when an expiring token and its refresh token end", async () => {
  const token = await signIn(client, emulator);
  expect(token.refreshToken).toMatch(/^ghr_/);
  expect(token.expiresAt).toEqual(new Date(now + 28_800_000));
  expect(token.refreshTokenExpiresAt).toEqual(new Date(now + 15_897_600_000));
});

it("gets an expiring token by offline_access for an app whose tokens do not expire", async () => {
  emulator.configure({ expiringTokens: false });
  const token = await signIn(client, emulator, { scope: ["read:user", "offline_access"] });
  emulator.configure({ expiringTokens: true });
  expect(token.refreshToken).toMatch(/^ghr_/);
});

it("refreshes an expired token once for 20 requests, though GitHub ends the old one at once", async () => {
  const token = await signIn(client, emulator);
  now += 28_800_000;
  const saved: string[] = [];
  const session = client.session(token, {
    onTokenUpdate: (next) => void saved.push(next.accessToken),
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => session.get("/user")));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(refreshes()).toHaveLength(1);
  expect(saved).toEqual([session.token.accessToken]);
  expect(session.token.refreshToken).not.toBe(token.refreshToken);
  expect(session.token.scope).toEqual(token.scope);
});

it("throws INVALID_GRANT for a used refresh token, which GitHub answers with status 200", async () => {
  const token = await signIn(client, emulator);
  const record = JSON.parse(JSON.stringify(token)) as { refreshToken: string };
  await client.refreshToken(token);
  const { client: other } = await otherProcess();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(other.refreshToken(record as never)).rejects.toMatchObject({
      code: "INVALID_GRANT",
      error: "bad_refresh_token",
    });
  }
  expect(refreshes()).toHaveLength(2);
});

it("refreshes after a 401 on a token that GitHub ended early, and sends the request again", async () => {
  const token = await signIn(client, emulator);
  emulator.failNext("api-bad-credentials");
  const { status } = await client.session(token).get("/user");
  expect(status).toBe(200);
  expect(refreshes()).toHaveLength(1);
});

async function otherProcess(): Promise<{ client: GitHubClient }> {
  const { GitHubClient: Client } = await import("@grantkit/provider-github");
  return {
    client: new Client({
      clientId: emulator.clientId,
      clientSecret: emulator.clientSecret,
      redirectUri: "http://127.0.0.1:8080/callback",
      endpoints: emulator.endpoints,
    }),
  };
}
