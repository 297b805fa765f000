import { afterEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator | undefined;
afterEach(() => emulator?.close());

it("reports a dialog that refuses the app, whose callback has error_code and no error", async () => {
  emulator = await startFacebook({ dialogError: true });
  const client = new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
  });
  const request = await client.authorizationRequest();
  const callback = await emulator.authorize(request.url);
  const ending = client.fetchToken(callback, request);
  await expect(ending).rejects.toMatchObject({
    code: "PROVIDER_ERROR",
    provider: "facebook",
    errorDescription: expect.stringContaining("Can't Load URL"),
    details: { error_code: "1349048" },
  });
  const another = await client.authorizationRequest();
  await expect(client.fetchToken(callback, another)).rejects.toMatchObject({
    code: "STATE_MISMATCH",
  });
});
