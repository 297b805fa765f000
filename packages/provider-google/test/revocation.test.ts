import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleClient, type Token } from "@grantkit/provider-google";

let emulator: GoogleEmulator;
let client: GoogleClient;

beforeAll(async () => {
  emulator = await startGoogle();
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  client = new GoogleClient({ clientId, clientSecret, endpoints, redirectUri });
});
afterAll(() => emulator.close());

async function signIn(): Promise<Token> {
  const request = await client.authorizationRequest({ accessType: "offline", prompt: "consent" });
  return client.fetchToken(await emulator.authorize(request.url), request);
}

it("revokes the refresh token, and with it the access token and all that the user granted", async () => {
  const token = await signIn();
  emulator.clearRequests();
  await client.revokeToken(token);
  // The second is answered with invalid_token, which is what was wanted.
  expect(emulator.requests.map(({ status, body }) => [body["token"], status])).toEqual([
    [token.refreshToken, 200],
    [token.accessToken, 400],
  ]);
  await expect(client.refreshToken(token)).rejects.toMatchObject({ code: "INVALID_GRANT" });
  await expect(client.profile(token)).rejects.toMatchObject({ code: "SESSION_ENDED" });
  // Google ended the access token too: another process, which knows nothing of this, shows it.
  const { endpoints } = emulator;
  const elsewhere = new GoogleClient({ clientId: "another", endpoints });
  await expect(elsewhere.profile(token)).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});

it("ends a session at Google and in this process", async () => {
  const token = await signIn();
  const session = client.session(token);
  await session.revoke();
  expect(session.authorized).toBe(false);
  await expect(session.get("/calendar/v3/users/me/calendarList")).rejects.toMatchObject({
    code: "SESSION_ENDED",
  });
  await expect(client.profile(token)).rejects.toMatchObject({ code: "SESSION_ENDED" });
});

it("does not throw for a token that has ended, which Google answers with an error", async () => {
  const token = await signIn();
  await client.revokeToken(token);
  await expect(client.revokeToken(token)).resolves.toBeUndefined();
  await expect(client.revokeToken("unknown")).resolves.toBeUndefined();
});

it("throws Google's other errors, without the token in them", async () => {
  const token = await signIn();
  emulator.failNext({
    path: "/revoke",
    status: 400,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: "invalid_request", error_description: token.refreshToken }),
  });
  const error: unknown = await client.revokeToken(token).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "INVALID_REQUEST", status: 400 });
  expect(JSON.stringify(error)).not.toContain(token.refreshToken);
});
