import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient, type Token } from "@grantkit/provider-facebook";

let now = Date.UTC(2026, 10, 21);
let emulator: FacebookEmulator;
let client: FacebookClient;

beforeAll(async () => {
  emulator = await startFacebook({ now: () => now, tokenLifetime: 3600 });
  const { clientId, clientSecret, endpoints } = emulator;
  client = new FacebookClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri: "http://127.0.0.1:8080/callback",
    clock: { now: () => now, after: () => () => undefined },
  });
});
afterAll(() => emulator.close());

async function signIn(): Promise<Token> {
  const request = await client.authorizationRequest();
  return client.fetchToken(await emulator.authorize(request.url), request);
}

it("replaces a token of an hour, with the same permissions", async () => {
  const token = await signIn();
  const next = await client.fetchLongLivedToken(JSON.parse(JSON.stringify(token)) as Token);
  expect(token.expiresAt).toEqual(new Date(now + 3_600_000));
  expect(next.expiresAt).toEqual(new Date(now + 5_183_944_000));
  expect(next.scope).toEqual(token.scope);
  const { method, body } = emulator.requests.at(-1) ?? {};
  expect(method).toBe("POST");
  expect(body).toEqual({
    client_id: emulator.clientId,
    client_secret: emulator.clientSecret,
    grant_type: "fb_exchange_token",
    fb_exchange_token: token.accessToken,
  });
  now += 3_600_000;
  expect((await client.profile(next)).name).toBe("Ada Lovelace");
});

it("is refused for an expired token before anything is sent", async () => {
  const token = await signIn();
  now += 3_600_000;
  emulator.clearRequests();
  await expect(client.fetchLongLivedToken(token)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  expect(emulator.requests).toHaveLength(0);
});

it("is refused for a token that was revoked, which the error does not show", async () => {
  const token = await signIn();
  await client.session(token).delete("/me/permissions");
  const error: unknown = await client.fetchLongLivedToken(token).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "INVALID_GRANT", details: { error_subcode: 458 } });
  expect(JSON.stringify(error)).not.toContain(token.accessToken);
});

it("sends nothing for an argument that is not a token", async () => {
  emulator.clearRequests();
  await expect(client.fetchLongLivedToken({} as Token)).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
  expect(emulator.requests).toHaveLength(0);
});

it("needs the app secret, and sends nothing without it", async () => {
  const token = await signIn();
  const { clientId, endpoints } = emulator;
  emulator.clearRequests();
  const phone = new FacebookClient({ clientId, endpoints });
  await expect(phone.fetchLongLivedToken(token)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(/^fetchLongLivedToken\(\) .*\n +- clientSecret is missing/s),
  });
  expect(emulator.requests).toHaveLength(0);
});

it("is the same one for each call with the old token, and only the first call sends a request", async () => {
  const token = await signIn();
  emulator.clearRequests();
  const next = await client.fetchLongLivedToken(token);
  expect(await client.fetchLongLivedToken(token)).toBe(next);
  expect(emulator.requests).toHaveLength(1);
});
