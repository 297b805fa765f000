import { afterEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator | undefined;
afterEach(() => emulator?.close());

// Sources disagree about the statuses, so only the numbers in the body count.
it.each([
  ["api-session-expired", { invalidTokenStatus: 400 }, "TOKEN_REJECTED"],
  ["api-session-expired", { invalidTokenStatus: 401 }, "TOKEN_REJECTED"],
  ["api-user-throttled", { throttleStatus: 400 }, "RATE_LIMITED"],
  ["api-user-throttled", { throttleStatus: 403 }, "RATE_LIMITED"],
] as const)("%s with %j is %s", async (failure, switches, code) => {
  emulator = await startFacebook(switches);
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  const client = new FacebookClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri,
    retries: false,
  });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  emulator.failNext(failure);
  const [status] = Object.values(switches);
  await expect(client.profile(token)).rejects.toMatchObject({ code, status });
});
