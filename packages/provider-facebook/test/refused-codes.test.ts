import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let client: FacebookClient;

beforeAll(async () => {
  emulator = await startFacebook();
  client = new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
  });
});
afterAll(() => emulator.close());

it("throws INVALID_GRANT for a code that Facebook did not issue, though its error has no subcode", async () => {
  const request = await client.authorizationRequest();
  const callback = `/callback?code=made-up&state=${request.state}`;
  await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    errorDescription: "Invalid verification code format.",
    details: { code: 100 },
  });
});

it("throws INVALID_GRANT for a wrong PKCE verifier, though its error has no subcode", async () => {
  const request = await client.authorizationRequest();
  const callback = await emulator.authorize(request.url);
  const forged = { ...request, codeVerifier: "x".repeat(43) };
  await expect(client.fetchToken(callback, forged)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    details: { code: 100 },
  });
});

it("does not take another error with code 100 for one about the authorization code", async () => {
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  emulator.failNext({
    path: "/v26.0/me",
    status: 400,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify({
      error: {
        message: "(#100) Tried accessing nonexisting field (shoe_size) on node type (User)",
        type: "OAuthException",
        code: 100,
        error_user_title: "No such field",
        error_user_msg: "Please try again.",
        fbtrace_id: "Atrace",
      },
    }),
  });
  await expect(client.profile(token)).rejects.toMatchObject({
    code: "API_REQUEST_FAILED",
    details: {
      code: 100,
      error_user_title: "No such field",
      error_user_msg: "Please try again.",
      fbtrace_id: "Atrace",
    },
  });
});
