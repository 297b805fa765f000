import { afterEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient, TokenExpiredError } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator | undefined;
afterEach(() => emulator?.close());

async function signedIn() {
  let now = Date.UTC(2026, 10, 21);
  const clock = { now: () => now, after: () => () => undefined };
  const started = await startFacebook({ now: () => now, tokenLifetime: 5400 });
  emulator = started;
  const client = new FacebookClient({
    clientId: started.clientId,
    clientSecret: started.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: started.endpoints,
    clock,
  });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await started.authorize(request.url), request);
  started.clearRequests();
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { emulator: started, client, token, now: () => now, pass };
}

it("is read from the token response: later requests throw before anything is sent", async () => {
  const { emulator: facebook, client, token, now, pass } = await signedIn();
  expect(token.expiresAt).toEqual(new Date(now() + 5_400_000));
  pass(5400);
  const session = client.session(token);
  expect(session.authorized).toBe(false);
  await expect(session.get("/me")).rejects.toBeInstanceOf(TokenExpiredError);
  await expect(session.fetch("/me")).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  await expect(client.profile(token)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  await expect(client.refreshToken(token)).rejects.toMatchObject({ code: "REFRESH_TOKEN_MISSING" });
  expect(facebook.requests).toHaveLength(0);
});

it("comes when the user or the app, by DELETE /me/permissions, removes the permissions", async () => {
  const { client, token } = await signedIn();
  const { data } = await client.session(token).delete<object>("/me/permissions");
  expect(data).toEqual({ success: true });
  await expect(client.profile(token)).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
    details: { code: 190, error_subcode: 458 },
  });
});
