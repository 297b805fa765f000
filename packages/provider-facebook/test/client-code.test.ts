import { afterEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator | undefined;
afterEach(() => emulator?.close());

// https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
it("a server gives its long-lived token to a device as a code, which the device exchanges", async () => {
  emulator = await startFacebook();
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  const server = new FacebookClient({ clientId, clientSecret, endpoints, redirectUri });
  const request = await server.authorizationRequest();
  const token = await server.fetchToken(await emulator.authorize(request.url), request);
  const fields = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri };
  const { data } = await server
    .session(token, { tokenPlacement: "body" })
    .post<{ code: string }>("/oauth/client_code", new URLSearchParams(fields));
  const received = await server.fetchTokenByCode(data.code, {
    redirectUri,
    parameters: { machine_id: "device-1" },
  });
  expect(received.accessToken).not.toBe(token.accessToken);
  expect(received.raw["machine_id"]).toBe("device-1");
  expect((await server.profile(received)).name).toBe("Ada Lovelace");
});
