import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { google, GoogleClient, GoogleServiceAccount } from "@grantkit/provider-google";
import {
  optionalFields,
  polluted,
  readsFromPrototype,
} from "../../core/test/support/prototype-traps.ts";

let emulator: GoogleEmulator;

beforeAll(async () => {
  emulator = await startGoogle();
});
afterAll(() => emulator.close());

function made(): GoogleClient {
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  return new GoogleClient({ clientId, clientSecret, redirectUri, endpoints });
}

it("reads own fields only: the preset, the client, a sign-in and the profile", async () => {
  const names = [...new Set([...optionalFields("core"), ...optionalFields("provider-google")])];
  const reads = await readsFromPrototype(names, async () => {
    google();
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
    const { endpoints, issuer, api } = new GoogleClient({
      clientId: "client-id",
      redirectUri: "http://127.0.0.1:8080/callback",
    }).provider;
    expect(JSON.stringify({ endpoints, issuer, api, preset: google() })).not.toMatch(
      /evil|v1\.0|2000-01-01/,
    );
  });
});

it("opens a service account's session with the options that it was given, not with a token", async () => {
  const key = await emulator.createServiceAccount();
  const account = new GoogleServiceAccount({ key, endpoints: emulator.endpoints });
  await polluted({ accessToken: "evil-token", subject: "evil@example.com" }, async () => {
    const session = account.session({ scope: ["https://www.googleapis.com/auth/drive"] });
    await session.refresh();
    expect(session.token.accessToken).not.toBe("evil-token");
  });
  expect(JSON.stringify(emulator.requests)).not.toContain("evil");
});
