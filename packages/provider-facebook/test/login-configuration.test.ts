import { afterEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator | undefined;
afterEach(() => emulator?.close());

it("sends no scope with a configuration, and gets the configuration's permissions", async () => {
  emulator = await startFacebook({
    loginConfigurations: { "config-1": ["public_profile", "pages_show_list"] },
  });
  const client = new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
  });
  const request = await client.authorizationRequest({ configId: "config-1" });
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  expect(token.scope).toEqual([]);
  const session = client.session(token);
  const { data } = await session.get<{ data: { permission: string }[] }>("/me/permissions");
  expect(data.data.map(({ permission }) => permission)).toContain("pages_show_list");
});
