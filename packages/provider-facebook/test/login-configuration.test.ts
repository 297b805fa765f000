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

it.each([
  ["never-expires", undefined],
  ["60-days", 5_184_000],
] as const)(
  "has a token of a system user, which %s, and whose business it names",
  async (systemUser, seconds) => {
    const now = Date.UTC(2026, 10, 21);
    emulator = await startFacebook({
      now: () => now,
      loginConfigurations: { "config-2": { permissions: ["ads_read"], systemUser } },
    });
    const client = new FacebookClient({
      clientId: emulator.clientId,
      clientSecret: emulator.clientSecret,
      redirectUri: "http://127.0.0.1:8080/callback",
      endpoints: emulator.endpoints,
      clock: { now: () => now, after: () => () => undefined },
    });
    const request = await client.authorizationRequest({ configId: "config-2" });
    const token = await client.fetchToken(await emulator.authorize(request.url), request);
    const expiresAt = seconds === undefined ? undefined : new Date(now + seconds * 1000);
    expect(token.expiresAt).toEqual(expiresAt);
    expect(await client.debugToken(token)).toMatchObject({
      type: "SYSTEM_USER",
      scope: ["public_profile", "ads_read"],
      expiresAt,
    });
    const { data } = await client.session(token).get<object>("/me?fields=client_business_id");
    expect(data).toHaveProperty("client_business_id", expect.stringMatching(/^\d+$/));
  },
);
