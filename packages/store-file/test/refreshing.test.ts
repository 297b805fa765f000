// Takes some seconds: tokens expire in real time.
import { afterAll, expect, it } from "@jest/globals";
import { join } from "node:path";
import { startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes } from "./support/processes.ts";

const processes = new Processes();
afterAll(() => processes.close());

it("8 processes refresh a rotating token once for each expiry, and every request is answered", async () => {
  const emulator = await startGitHub({ expiringTokens: true, accessTokenLifetime: 2 });
  const { clientId, clientSecret, endpoints } = emulator;
  const options = { clientId, clientSecret, endpoints, redirectUri: "http://127.0.0.1:1/callback" };
  const client = new GitHubClient(options);
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const directory = join(processes.folder, "tokens");
  const store = new FileTokenStore({ directory });
  await client.storedSession({ store, key: "k", token });

  const running = Array.from({ length: 8 }, () =>
    processes.start("request", directory, JSON.stringify(options), "25", "100"),
  );
  await Promise.all(running.map((each) => each.next()));
  emulator.clearRequests();
  const start = performance.now();
  for (const each of running) each.go();
  const answered = await Promise.all(running.map((each) => each.next()));

  expect(answered).toEqual(running.map(() => 25));
  const seconds = (performance.now() - start) / 1000;
  const refreshTokens = emulator.requests
    .map(({ body }) => body)
    .filter((body) => body["grant_type"] === "refresh_token")
    .map((body) => body["refresh_token"]);
  expect(new Set(refreshTokens).size).toBe(refreshTokens.length);
  // A session refreshes a token when half its life is over, which is after one second.
  expect(refreshTokens.length).toBeGreaterThanOrEqual(2);
  expect(refreshTokens.length).toBeLessThanOrEqual(seconds + 1);
  const session = await client.storedSession({ store, key: "k" });
  await session.refresh();
  expect((await session.get<unknown>("/user")).status).toBe(200);
  await emulator.close();
});
