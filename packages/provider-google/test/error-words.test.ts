import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleClient } from "@grantkit/provider-google";

let emulator: GoogleEmulator;
let client: GoogleClient;

beforeAll(async () => {
  emulator = await startGoogle();
  client = new GoogleClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
    retries: false,
  });
});
afterAll(() => emulator.close());

it.each([
  ["deleted_client", 401, "INVALID_CLIENT"],
  ["disabled_client", 401, "INVALID_CLIENT"],
  ["redirect_uri_mismatch", 400, "INVALID_REQUEST"],
  ["admin_policy_enforced", 400, "ACCESS_DENIED"],
  ["org_internal", 403, "ACCESS_DENIED"],
] as const)("Google's own word %s (%d) means %s", async (error, status, code) => {
  const request = await client.authorizationRequest();
  const callback = await emulator.authorize(request.url);
  emulator.failNext({
    path: "/token",
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ error, error_description: "In Google's words." }),
  });
  await expect(client.fetchToken(callback, request)).rejects.toMatchObject({
    code,
    error,
    status,
    errorDescription: "In Google's words.",
  });
});

it("throws INVALID_REQUEST for a code sent with another redirect URI", async () => {
  const request = await client.authorizationRequest();
  const callback = await emulator.authorize(request.url);
  const moved = { ...request, redirectUri: "http://127.0.0.1:8080/elsewhere" };
  await expect(client.fetchToken(callback, moved)).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    error: "redirect_uri_mismatch",
  });
});

it.each(["api-rate-limit", "api-user-rate-limit", "api-quota"] as const)(
  "%s is a limit, whatever its status",
  async (failure) => {
    const request = await client.authorizationRequest();
    const token = await client.fetchToken(await emulator.authorize(request.url), request);
    emulator.failNext(failure);
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      error: "RESOURCE_EXHAUSTED",
      details: { reason: "RATE_LIMIT_EXCEEDED" },
      retryable: true,
    });
  },
);

it("names the subtype of a refresh that a Workspace administrator's policy refuses", async () => {
  const request = await client.authorizationRequest({ accessType: "offline", prompt: "consent" });
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  emulator.failNext("token-reauthentication");
  await expect(client.refreshToken(token)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    error: "invalid_grant",
    details: { subtype: "invalid_rapt" },
  });
});

it.each([
  ["token-client-deleted", "INVALID_CLIENT"],
  ["token-client-disabled", "INVALID_CLIENT"],
  ["token-org-internal", "ACCESS_DENIED"],
  ["token-admin-policy", "ACCESS_DENIED"],
  ["token-access-denied", "ACCESS_DENIED"],
] as const)("the emulator's %s means %s", async (failure, code) => {
  const request = await client.authorizationRequest();
  const callback = await emulator.authorize(request.url);
  emulator.failNext(failure);
  await expect(client.fetchToken(callback, request)).rejects.toMatchObject({ code });
});
