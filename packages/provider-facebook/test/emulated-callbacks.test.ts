import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let client: FacebookClient;

beforeAll(async () => {
  emulator = await startFacebook();
  const { clientId, clientSecret, endpoints, limitedIssuer, limitedJwks } = emulator;
  const limitedLogin = {
    issuers: [endpoints.issuer, limitedIssuer],
    keys: [limitedJwks, endpoints.jwks],
  };
  client = new FacebookClient({ clientId, clientSecret, endpoints, limitedLogin });
});
afterAll(() => emulator.close());

it.each([
  ["www", "limited"],
  ["www", "www"],
  ["limited", "limited"],
  ["limited", "www"],
] as const)("verifies a Limited Login of the issuer %s with keys of %s", async (issuer, keys) => {
  emulator.configure({ limitedIssuer: issuer, limitedKeys: keys });
  const idToken = await emulator.createLimitedLoginToken({ nonce: "n-1" });
  const { profile } = await client.verifyLimitedLogin(idToken, { nonce: "n-1" });
  expect(profile).toMatchObject({ id: "10223344556677881", name: "Ada Lovelace" });
});

it("verifies the emulator's signed requests, padded ones too", async () => {
  for (const padded of [false, true]) {
    const { userId } = await client.verifySignedRequest(emulator.createSignedRequest({ padded }));
    expect(userId).toBe("10223344556677881");
  }
});

it.each([
  ["wrong-signature", "signature"],
  ["tampered-payload", "signature"],
  ["wrong-algorithm", "algorithm"],
  ["no-algorithm", "algorithm"],
  ["not-json", "payload"],
] as const)("refuses a signed request with the flaw %s", async (flaw, check) => {
  const verifying = client.verifySignedRequest(emulator.createSignedRequest({ flaw }));
  await expect(verifying).rejects.toMatchObject({ code: "SIGNATURE_INVALID", details: { check } });
});
