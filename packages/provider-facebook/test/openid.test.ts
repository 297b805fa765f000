import { afterEach, describe, expect, it } from "@jest/globals";
import { type FacebookEmulator, type FacebookOptions, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

const running: FacebookEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

async function started(switches: FacebookOptions = {}) {
  const emulator = await startFacebook(switches);
  running.push(emulator);
  const client = new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
  });
  const signIn = async () => {
    const request = await client.authorizationRequest({
      scope: ["openid", "public_profile", "email"],
    });
    return client.fetchToken(await emulator.authorize(request.url), request);
  };
  return { emulator, client, signIn };
}

describe("with the scope openid", () => {
  it("sends a nonce, and verifies the ID token", async () => {
    const { emulator, client, signIn } = await started();
    const request = await client.authorizationRequest({ scope: ["openid"] });
    expect(new URL(request.url).searchParams.get("nonce")).toBe(request.nonce);
    const token = await signIn();
    expect(token.claims).toMatchObject({
      iss: emulator.endpoints.issuer,
      aud: emulator.clientId,
      sub: (await client.profile(token)).id,
    });
  });

  it("refuses an ID token with any fault", async () => {
    // One emulator: each would make an RSA key of its own.
    const { emulator, signIn } = await started();
    for (const [idToken, claim] of [
      ["forged-signature", "signature"],
      ["wrong-issuer", "iss"],
      ["wrong-audience", "aud"],
      ["wrong-nonce", "nonce"],
      ["missing-nonce", "nonce"],
      ["wrong-at-hash", "at_hash"],
      ["expired", "exp"],
    ] as const) {
      emulator.configure({ idToken });
      await expect(signIn()).rejects.toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim },
      });
    }
  });

  it("verifies an ID token after a rotation of keys", async () => {
    const { emulator, signIn } = await started();
    await signIn();
    await emulator.rotateKeys();
    await expect(signIn()).resolves.toHaveProperty("claims.sub");
  });
});

it("sends no nonce and gets no ID token without the scope openid", async () => {
  const { emulator, client } = await started();
  const request = await client.authorizationRequest();
  expect(new URL(request.url).searchParams.has("nonce")).toBe(false);
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  expect(token.idToken).toBeUndefined();
  expect(token.claims).toBeUndefined();
});

it("refuses another issuer's iss in the callback", async () => {
  const { emulator, signIn } = await started({ iss: true });
  await expect(signIn()).resolves.toBeDefined();
  emulator.configure({ iss: "wrong" });
  await expect(signIn()).rejects.toMatchObject({ code: "ISSUER_MISMATCH" });
});
