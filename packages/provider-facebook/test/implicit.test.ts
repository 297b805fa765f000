import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let client: FacebookClient;

beforeAll(async () => {
  emulator = await startFacebook();
  const { clientId, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  client = new FacebookClient({ clientId, endpoints, redirectUri });
});
afterAll(() => emulator.close());

it("reads the token from a fragment, in which Facebook sends no token type", async () => {
  const request = await client.authorizationRequest({ responseType: "token" });
  const location = await emulator.authorize(request.url);
  const token = await client.tokenFromFragment(location, request);
  expect(token.accessToken).toMatch(/^EAA/);
  expect(token.expiresAt).toBeDefined();
  expect((await client.profile(token)).name).toBe("Ada Lovelace");
});
