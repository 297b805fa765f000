import { afterEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { MemoryTokenStore, type Token } from "@grantkit/core";
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
  await expect(client.refreshToken(token)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  expect(facebook.requests).toHaveLength(0);
});

it("is put off by a session, which exchanges the token in the second half of its life, and saves it", async () => {
  const { emulator: facebook, client, token, now, pass } = await signedIn();
  const saved: Token[] = [];
  const session = client.session(token, { onTokenUpdate: (next) => void saved.push(next) });
  await session.get("/me");
  expect(facebook.requests).toHaveLength(1);
  pass(3300);
  await session.get("/me");
  expect(saved[0]?.expiresAt).toEqual(new Date(now() + 5_183_944_000));
  expect(saved[0]?.scope).toEqual(token.scope);
  const [, exchange, call] = facebook.requests;
  expect(exchange).toMatchObject({
    method: "POST",
    body: { grant_type: "fb_exchange_token", fb_exchange_token: token.accessToken },
  });
  expect(call?.headers["authorization"]).toBe(`Bearer ${saved[0]?.accessToken}`);
  pass(5_183_944 - 8 * 24 * 3600);
  await session.get("/me");
  expect(saved).toHaveLength(1);
  pass(3 * 24 * 3600);
  await session.get("/me");
  expect(saved).toHaveLength(2);
});

it("does not come earlier because the app has no secret: its token is used until then", async () => {
  const { emulator: facebook, token, now, pass } = await signedIn();
  const { clientId, endpoints } = facebook;
  const clock = { now, after: () => () => undefined };
  const publicClient = new FacebookClient({ clientId, endpoints, clock });
  pass(5000);
  expect((await publicClient.session(token).get("/me")).status).toBe(200);
  expect(facebook.requests).toHaveLength(1);
});

it("comes when the user or the app, by session.revoke(), removes the permissions", async () => {
  const { emulator: facebook, client, token, now } = await signedIn();
  const store = new MemoryTokenStore();
  const session = await client.storedSession({ store, key: "1", token });
  expect(await session.revoke()).toEqual({ atProvider: true });
  expect(facebook.requests.map(({ method }) => method)).toEqual(["DELETE"]);
  expect(session.authorized).toBe(false);
  expect(await store.get("1")).toBeUndefined();
  const { clientId, endpoints } = facebook;
  const another = new FacebookClient({
    clientId,
    endpoints,
    clock: { now, after: () => () => undefined },
  });
  await expect(another.profile(token)).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
    details: { code: 190, error_subcode: 458 },
  });
  await expect(another.revokeToken(token)).resolves.toBeUndefined();
});
