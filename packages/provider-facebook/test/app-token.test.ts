import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient, type FacebookClientOptions } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;

beforeAll(async () => {
  emulator = await startFacebook({ requireAppSecretProof: true });
});
afterAll(() => emulator.close());

function clientOf(options: Partial<FacebookClientOptions> = {}): FacebookClient {
  const { clientId, clientSecret, endpoints } = emulator;
  return new FacebookClient({ clientId, clientSecret, endpoints, ...options });
}

it("has no user, no expiry and no permissions", async () => {
  const client = clientOf();
  const token = await client.fetchAppToken();
  expect(token.accessToken).toBe(`${emulator.clientId}|${emulator.clientSecret}`);
  expect(token.expiresAt).toBeUndefined();
  expect(token.scope).toEqual([]);
  const form = emulator.requests.at(-1);
  expect(form?.method).toBe("POST");
  expect(form?.url).not.toContain(emulator.clientSecret);
  expect(Object.keys(form?.body ?? {}).toSorted()).toEqual([
    "client_id",
    "client_secret",
    "grant_type",
  ]);
});

it.each([true, false])("can debug tokens, appSecretProof %j", async (appSecretProof) => {
  const client = clientOf({ appSecretProof });
  const token = await client.fetchAppToken();
  const { data } = await client
    .session(token)
    .get<unknown>("/debug_token", { params: { input_token: token.accessToken } });
  expect(data).toMatchObject({ data: { type: "APP", app_id: emulator.clientId, is_valid: true } });
});

it("throws without the app secret and for a wrong one, and does not show it", async () => {
  const { clientId, endpoints } = emulator;
  const secretless = new FacebookClient({ clientId, endpoints });
  await expect(secretless.fetchAppToken()).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
  const clientSecret = "not-the-app-secret";
  const error: unknown = await clientOf({ clientSecret })
    .fetchAppToken()
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "INVALID_CLIENT" });
  expect(inspect(error, { depth: 9 })).not.toContain(clientSecret);
  const token = await clientOf().fetchAppToken();
  expect(inspect(token, { depth: 9 })).not.toContain(emulator.clientSecret);
});
