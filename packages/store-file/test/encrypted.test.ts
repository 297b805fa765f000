import { afterAll, describe, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encrypted, type EncryptionKey } from "@grantkit/core";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { FileTokenStore } from "@grantkit/store-file";
import { temporaryFolder } from "./support/processes.ts";

const directory = temporaryFolder();
afterAll(() => rmSync(directory, { recursive: true }));

const makeKey = (id: string): EncryptionKey => ({ id, key: randomBytes(32) });
const [earlier, current] = [makeKey("2025-03"), makeKey("2026-11")];
const open = (...keys: readonly EncryptionKey[]) =>
  encrypted(new FileTokenStore({ directory: join(directory, "tokens") }), { keys });

describe("an encrypted FileTokenStore keeps every promise of a TokenStore:", () => {
  const makeStore = () => open(current, earlier);
  const cases = tokenStoreConformance({ makeStore, peerOf: makeStore });
  for (const each of cases) it(each.name, () => each.run());
});

it("a session keeps its user signed in while the key is rotated, and no file has a token", async () => {
  const emulator = await startGitHub({ expiringTokens: true });
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:1/callback";
  const makeClient = () => new GitHubClient({ clientId, clientSecret, endpoints, redirectUri });
  const client = makeClient();
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const key = "octocat";
  await client.storedSession({ store: open(earlier), key, token });

  const session = await makeClient().storedSession({ store: open(current, earlier), key });
  expect(session.token.accessToken).toBe(token.accessToken);
  const refreshed = await session.refresh();
  expect(refreshed.refreshToken).not.toBe(token.refreshToken);

  const later = await makeClient().storedSession({ store: open(current), key });
  expect(later.token.refreshToken).toBe(refreshed.refreshToken);
  await expect(makeClient().storedSession({ store: open(earlier), key })).rejects.toMatchObject({
    code: "RECORD_UNREADABLE",
  });
  const files = readdirSync(join(directory, "tokens"), { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((name) => name.endsWith(".json"))
    .map((name) => readFileSync(join(directory, "tokens", name), "utf8"))
    .join("\n");
  expect(texts).toContain("encrypted");
  for (const { accessToken, refreshToken = "" } of [token, refreshed]) {
    expect(texts.includes(accessToken) || texts.includes(refreshToken)).toBe(false);
  }
  await emulator.close();
});
