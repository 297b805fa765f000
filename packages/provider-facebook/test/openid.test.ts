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

it("works without an app secret: PKCE ties the code to the client", async () => {
  const { emulator } = await started();
  const { clientId, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  const client = new FacebookClient({ clientId, endpoints, redirectUri });
  const request = await client.authorizationRequest({ scope: ["openid", "email"] });
  const query = new URL(request.url).searchParams;
  expect(query.get("code_challenge_method")).toBe("S256");
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const { body } = emulator.requests.find(({ path }) => path.endsWith("/access_token")) ?? {};
  expect(body).toMatchObject({ code_verifier: request.codeVerifier });
  expect(body).not.toHaveProperty("client_secret");
  expect(token.claims?.sub).toBe((await client.profile(token)).id);
  // A stolen code is worth nothing without the verifier.
  const again = await client.authorizationRequest({ scope: ["openid"] });
  const stolen = await emulator.authorize(again.url);
  const thief = { ...again, codeVerifier: request.codeVerifier };
  await expect(client.fetchToken(stolen, thief)).rejects.toMatchObject({ code: "INVALID_GRANT" });
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
