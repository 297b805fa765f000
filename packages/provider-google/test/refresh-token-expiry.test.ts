import { afterEach, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleClient } from "@grantkit/provider-google";

let emulator: GoogleEmulator | undefined;
afterEach(() => emulator?.close());

it("reads when the refresh token of an app in testing ends: after 7 days, when it is refused", async () => {
  let now = Date.UTC(2026, 10, 21);
  const clock = { now: () => now, after: () => () => undefined };
  emulator = await startGoogle({ now: () => now, testingMode: true });
  const client = new GoogleClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
    clock,
  });
  const request = await client.authorizationRequest({
    scope: ["openid", "https://www.googleapis.com/auth/calendar.readonly"],
    accessType: "offline",
  });
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const end = token.refreshTokenExpiresAt?.getTime() ?? 0;
  expect(end - now).toBeLessThanOrEqual(604_800_000);
  expect(end - now).toBeGreaterThan(604_700_000);
  now += 3_600_000;
  await expect(client.refreshToken(token)).resolves.toMatchObject({
    refreshToken: token.refreshToken,
  });
  now += 604_800_000;
  await expect(
    client.session(token, { refresh: "auto" }).get("/calendar/v3/users/me/calendarList"),
  ).rejects.toMatchObject({ code: "INVALID_GRANT" });
});
