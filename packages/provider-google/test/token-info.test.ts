import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleClient, type GoogleClientOptions, type Token } from "@grantkit/provider-google";

let emulator: GoogleEmulator;
beforeEach(async () => {
  emulator = await startGoogle();
});
afterEach(() => emulator.close());

function clientOf(options: Partial<GoogleClientOptions> = {}): GoogleClient {
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  return new GoogleClient({ clientId, clientSecret, endpoints, redirectUri, ...options });
}

async function signIn(): Promise<Token> {
  const client = clientOf();
  const request = await client.authorizationRequest({ accessType: "offline" });
  return client.fetchToken(await emulator.authorize(request.url), request);
}

it("says whose a token is, what it is for and when it expires", async () => {
  const token = await signIn();
  const info = await clientOf().tokenInfo(token);
  expect(info).toMatchObject({
    audience: emulator.clientId,
    authorizedParty: emulator.clientId,
    userId: token.claims?.sub,
    email: "ada.lovelace@gmail.com",
    emailVerified: true,
    accessType: "offline",
    scope: expect.arrayContaining(["openid"]),
  });
  expect(Math.abs(Number(info.expiresAt) - Number(token.expiresAt))).toBeLessThan(5000);
  const last = emulator.requests.at(-1);
  expect(last).toMatchObject({ path: "/tokeninfo", method: "POST" });
  expect(JSON.stringify(last?.query)).not.toContain(token.accessToken);
});

it("accepts a token that a phone sent if it was issued to this app, and no other", async () => {
  const { accessToken, claims } = await signIn();
  expect((await clientOf().verifyAccessToken(accessToken)).userId).toBe(claims?.sub);
  const web = { clientId: "web.apps.googleusercontent.com" };
  await expect(clientOf(web).verifyAccessToken(accessToken)).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
    details: { check: "aud" },
  });
  const listed = clientOf({ ...web, authorizedParties: [emulator.clientId] });
  await expect(listed.verifyAccessToken(accessToken)).resolves.toBeDefined();
  const lazy = new GoogleClient(() => ({ ...web, endpoints: emulator.endpoints }));
  await expect(lazy.verifyAccessToken(accessToken)).rejects.toMatchObject({
    details: { check: "aud" },
  });
});

it("refuses a token for this app that another app requested, unless that is one of yours", async () => {
  const { accessToken } = await signIn();
  const phone = "phone.apps.googleusercontent.com";
  const answered = (azp?: string) => {
    const body = { aud: emulator.clientId, azp, scope: "openid", expires_in: "3599" };
    emulator.failNext({ path: "/tokeninfo", status: 200, body });
  };
  answered(phone);
  await expect(clientOf().verifyAccessToken(accessToken)).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
    details: { check: "azp" },
  });
  answered(phone);
  const listed = clientOf({ authorizedParties: [phone] });
  expect((await listed.verifyAccessToken(accessToken)).authorizedParty).toBe(phone);
  answered();
  expect((await clientOf().verifyAccessToken(accessToken)).audience).toBe(emulator.clientId);
});

it("refuses a token that Google does not know, and shows nothing of it", async () => {
  const error: unknown = await clientOf()
    .verifyAccessToken("ya29.CANARY")
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "TOKEN_REJECTED", details: { check: "valid" } });
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("CANARY");
});

it("passes on that Google could not be asked", async () => {
  const { accessToken } = await signIn();
  emulator.failNext({ path: "/tokeninfo", status: 503 });
  await expect(clientOf({ retries: false }).tokenInfo(accessToken)).rejects.toMatchObject({
    status: 503,
  });
});

it.each([undefined, "", 7])("asks nothing about %j", async (token) => {
  await expect(clientOf().tokenInfo(token as never)).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
  expect(emulator.requests).toHaveLength(0);
});

it("refuses an answer without an audience", async () => {
  const { accessToken } = await signIn();
  for (const body of ["{}", '{"aud":7}', "[]", '"aud"']) {
    emulator.failNext({
      path: "/tokeninfo",
      status: 200,
      headers: { "content-type": "application/json" },
      body,
    });
    await expect(clientOf().verifyAccessToken(accessToken)).rejects.toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
    });
  }
});
