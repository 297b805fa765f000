import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { facebookApiError, FacebookClient, type Token } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let client: FacebookClient;
let token: Token;

beforeAll(async () => {
  emulator = await startFacebook();
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  client = new FacebookClient({ clientId, clientSecret, endpoints, redirectUri, retries: false });
  const request = await client.authorizationRequest();
  token = await client.fetchToken(await emulator.authorize(request.url), request);
});
afterAll(() => emulator.close());

const FAILURES = [
  ["api-app-not-installed", "revoked", 190, 458],
  ["api-checkpointed", "checkpoint", 190, 459],
  ["api-password-changed", "password_changed", 190, 460],
  ["api-session-expired", "expired", 190, 463],
  ["api-unconfirmed-user", "unconfirmed", 190, 464],
  ["api-invalid-session", "invalid_token", 190, 467],
  ["api-page-role-missing", "page_role", 190, 492],
  ["api-permission-denied", "permission", 200, undefined],
  ["api-app-throttled", "throttled", 4, undefined],
  ["api-user-throttled", "throttled", 17, undefined],
  ["api-page-throttled", "throttled", 32, undefined],
  ["api-custom-throttled", "throttled", 613, undefined],
  ["api-unknown", "unavailable", 1, undefined],
  ["api-unavailable", "unavailable", 2, undefined],
] as const;

describe.each(FAILURES)("%s", (failure, reason, code, subcode) => {
  const expected = { reason, code, subcode, type: "OAuthException", fbtraceId: expect.any(String) };

  it(`is ${reason}, from session.get() and from an OAuthError`, async () => {
    emulator.failNext(failure);
    const ofApi = await client
      .session(token)
      .get("/me")
      .catch((error: unknown) => error);
    expect(facebookApiError(ofApi)).toMatchObject({ ...expected, status: expect.any(Number) });
    emulator.failNext(failure);
    const oauthError = await client.profile(token).catch((error: unknown) => error);
    expect(oauthError).toMatchObject({ details: { reason } });
    expect(facebookApiError(oauthError)).toMatchObject(expected);
  });

  it("is the same from the body that session.fetch() got", async () => {
    emulator.failNext(failure);
    const response = await client.session(token).fetch("/me");
    expect(facebookApiError(await response.json())).toMatchObject(expected);
  });
});

it("names the seconds to wait, which Facebook sends in minutes", async () => {
  emulator.failNext("api-app-throttled");
  const error = await client
    .session(token)
    .get("/me")
    .catch((thrown: unknown) => thrown);
  expect(facebookApiError(error)).toMatchObject({ retryAfter: 720, isTransient: true });
});

it("is app_secret_proof where the app requires a proof", async () => {
  emulator.configure({ requireAppSecretProof: true });
  const error = await client.profile(token).catch((thrown: unknown) => thrown);
  emulator.configure({ requireAppSecretProof: false });
  expect(facebookApiError(error)).toMatchObject({
    reason: "app_secret_proof",
    type: "GraphMethodException",
  });
});

it.each([
  ["api-session-expired", "expired"],
  ["api-password-changed", "password_changed"],
] as const)("has the reason of a refused exchange: %s", async (_failure, reason) => {
  const subcode = reason === "expired" ? 463 : 460;
  const error = { message: "no", type: "OAuthException", code: 190, error_subcode: subcode };
  emulator.failNext({ path: "/oauth/access_token", status: 400, body: { error } });
  const thrown = await client.fetchLongLivedToken(token).catch((caught: unknown) => caught);
  expect(thrown).toMatchObject({ details: { reason } });
});

it("takes the trace from the header where the body has none", async () => {
  const headers = { "x-fb-trace-id": "AbCdE" };
  emulator.failNext({ path: "/me", status: 502, body: "<html>", headers });
  const error = await client
    .session(token)
    .get("/me")
    .catch((thrown: unknown) => thrown);
  expect(facebookApiError(error)).toMatchObject({ status: 502, fbtraceId: "AbCdE" });
  expect(facebookApiError(error)?.reason).toBeUndefined();
});

it("takes the trace of a token response from the header, too", async () => {
  const error = { message: "no", type: "OAuthException", code: 101 };
  const headers = { "x-fb-trace-id": "AbCdE" };
  emulator.failNext({ path: "/oauth/access_token", status: 400, body: { error }, headers });
  const thrown = await client.fetchAppToken().catch((caught: unknown) => caught);
  expect(thrown).toMatchObject({ code: "INVALID_CLIENT", details: { fbtrace_id: "AbCdE" } });
});

it("has the texts for users", () => {
  const error = {
    message: "(#368) The action has been deemed abusive",
    type: "OAuthException",
    code: 368,
    error_user_title: "Nicht möglich",
    error_user_msg: "Bitte später noch einmal.",
    is_transient: true,
  };
  expect(facebookApiError({ error })).toMatchObject({
    reason: "blocked",
    userTitle: "Nicht möglich",
    userMessage: "Bitte später noch einmal.",
    isTransient: true,
  });
});

it.each([undefined, null, "x", 7, new Error("no"), {}, { error: "invalid_grant" }])(
  "is undefined for %p",
  (value) => expect(facebookApiError(value)).toBeUndefined(),
);

it("is undefined for an error of ours that Facebook did not cause", async () => {
  const error = await client
    .session(token)
    .get("https://evil.example/")
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
  expect(facebookApiError(error)).toBeUndefined();
});
