import { expect, it } from "@jest/globals";
import { startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { describeLazyClient } from "../../core/test/support/provider-lazy-client.ts";

describeLazyClient("Facebook", startFacebook, (options) => new FacebookClient(options));

it("a client whose options are a function sends the app secret's proof", async () => {
  const emulator = await startFacebook({ requireAppSecretProof: true });
  const { clientId, clientSecret, endpoints } = emulator;
  const client = new FacebookClient(() => ({
    clientId,
    clientSecret,
    endpoints,
    appSecretProof: true,
    redirectUri: "http://127.0.0.1:1/callback",
  }));
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  await expect(client.profile(token)).resolves.toHaveProperty("id");
  await emulator.close();
});
