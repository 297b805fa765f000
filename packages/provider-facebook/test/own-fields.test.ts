import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { facebook, FacebookClient } from "@grantkit/provider-facebook";
import {
  optionalFields,
  polluted,
  readsFromPrototype,
} from "../../core/test/support/prototype-traps.ts";

let emulator: FacebookEmulator;

beforeAll(async () => {
  emulator = await startFacebook();
});
afterAll(() => emulator.close());

function made(): FacebookClient {
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  return new FacebookClient({ clientId, clientSecret, redirectUri, endpoints });
}

it("reads own fields only: the preset, the client, a sign-in and the profile", async () => {
  const names = [...new Set([...optionalFields("core"), ...optionalFields("provider-facebook")])];
  const reads = await readsFromPrototype(names, async () => {
    facebook();
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
    const { endpoints, issuer, api } = new FacebookClient({
      clientId: "client-id",
      redirectUri: "http://127.0.0.1:8080/callback",
    }).provider;
    expect(JSON.stringify({ endpoints, issuer, api, preset: facebook() })).not.toMatch(
      /evil|v1\.0|2000-01-01/,
    );
  });
});
