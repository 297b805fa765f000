import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import {
  type OAuth1Session,
  type OAuth1Token,
  TokenMissing,
  VerifierMissing,
} from "@grantkit/oauth1";
import { CALLBACK, sessionAt, signedIn } from "./support/consumer.ts";
import { errorOf } from "./support/canaries.ts";

let emulator: OAuth1Emulator;

beforeAll(async () => {
  emulator = await startOAuth1({ xAuth: true });
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

const oauthSent = (index: number): Record<string, string> => {
  const header = emulator.requests.at(index)?.headers["authorization"] ?? "";
  const pairs = [...header.matchAll(/([\w]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name, value = ""]) => [name, decodeURIComponent(value)]));
};

describe("a step that comes too early sends nothing", () => {
  it.each<[string, (session: OAuth1Session) => unknown, typeof TokenMissing, RegExp]>([
    ["authorizationUrl()", (s) => s.authorizationUrl(), TokenMissing, /fetchRequestToken/],
    [
      "parseAuthorizationResponse()",
      (s) => s.parseAuthorizationResponse(`${CALLBACK}?oauth_token=a&oauth_verifier=b`),
      TokenMissing,
      /requestToken/,
    ],
    ["fetchAccessToken()", (s) => s.fetchAccessToken(), TokenMissing, /fetchRequestToken/],
    [
      "fetchAccessToken({ verifier })",
      (s) => s.fetchAccessToken({ verifier: "v" }),
      TokenMissing,
      /fetchRequestToken/,
    ],
    ["refresh()", (s) => s.refresh(), TokenMissing, /session handle/],
  ])("%s", async (_, step, type, message) => {
    const error = await errorOf(() => step(sessionAt(emulator, { callbackUri: CALLBACK })));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code: "TOKEN_MISSING", message: expect.stringMatching(message) });
    expect(emulator.requests).toHaveLength(0);
  });

  it("fetchAccessToken() before the callback, or with an empty verifier", async () => {
    const session = sessionAt(emulator, { callbackUri: CALLBACK });
    await session.fetchRequestToken();
    for (const options of [{}, { verifier: "" }, { verifier: 5 as unknown as string }]) {
      const error = await errorOf(() => session.fetchAccessToken(options));
      expect(error).toBeInstanceOf(VerifierMissing);
      expect(error).toMatchObject({ code: "VERIFIER_MISSING" });
    }
    expect(emulator.requests).toHaveLength(1);
  });

  it("a request to the API while the user is away", async () => {
    const session = sessionAt(emulator, { callbackUri: CALLBACK });
    const requestToken = await session.fetchRequestToken();
    expect(session.authorized).toBe(false);
    expect(session.token).toBeUndefined();
    expect(session.requestToken).toBe(requestToken);
    expect(await errorOf(() => session.get("/me"))).toMatchObject({ code: "TOKEN_MISSING" });
    expect(await errorOf(() => session.fetch("/me"))).toMatchObject({ code: "TOKEN_MISSING" });
    expect(emulator.requests).toHaveLength(1);
  });
});

describe("values that are used once", () => {
  it("callback, realm and verifier are each sent in one request only", async () => {
    const session = await signedIn(emulator, { realm: "photos" });
    await session.get("/me");
    const [first, , second, third] = [0, 1, -2, -1].map(oauthSent);
    expect(first).toMatchObject({ realm: "photos", oauth_callback: CALLBACK });
    expect(first).not.toHaveProperty("oauth_token");
    expect(second).toHaveProperty("oauth_verifier");
    for (const later of [second, third]) {
      expect(later).not.toHaveProperty("realm");
      expect(later).not.toHaveProperty("oauth_callback");
    }
    expect(third).not.toHaveProperty("oauth_verifier");
  });

  it("a second fetchAccessToken() has no verifier, and sends nothing", async () => {
    const session = await signedIn(emulator);
    const sent = emulator.requests.length;
    const token = session.token;
    await errorOf(() => session.fetchAccessToken());
    expect(emulator.requests).toHaveLength(sent);
    expect(session.token).toBe(token);
  });

  it("a used callback URL is not silently replaced by oob", async () => {
    const session = await signedIn(emulator);
    const sent = emulator.requests.length;
    const token = session.token;
    expect(await errorOf(() => session.fetchRequestToken())).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(
        /callbackUri is missing, or an earlier fetchRequestToken\(\) used it/,
      ),
    });
    expect(emulator.requests).toHaveLength(sent);
    expect(session.token).toBe(token);
  });

  it("after a failure callback and verifier are still there for another try", async () => {
    const session = sessionAt(emulator, { callbackUri: CALLBACK, retries: false });
    emulator.failNext("token-unavailable");
    await errorOf(() => session.fetchRequestToken());
    await session.fetchRequestToken();
    expect(oauthSent(-1)).toMatchObject({ oauth_callback: CALLBACK });
    session.parseAuthorizationResponse(await emulator.authorize(session.authorizationUrl()));
    emulator.failNext("token-unavailable");
    await errorOf(() => session.fetchAccessToken());
    expect(session.authorized).toBe(false);
    await session.fetchAccessToken();
    expect(session.authorized).toBe(true);
  });

  it("of two sign-ins that are started at once, one is refused", async () => {
    const session = sessionAt(emulator, { callbackUri: CALLBACK });
    const begun = await Promise.allSettled([
      session.fetchRequestToken(),
      session.fetchRequestToken(),
    ]);
    expect(begun.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(begun[1]).toMatchObject({ reason: { code: "CONFIGURATION_INVALID" } });
    expect(emulator.requests).toHaveLength(1);
    expect(session.requestToken).toBe((begun[0] as PromiseFulfilledResult<unknown>).value);
  });

  it("a callback that comes twice at a time is exchanged once", async () => {
    const session = sessionAt(emulator, { callbackUri: CALLBACK });
    await session.fetchRequestToken();
    const callback = await emulator.authorize(session.authorizationUrl());
    emulator.clearRequests();
    session.parseAuthorizationResponse(callback);
    const ended = await Promise.allSettled([
      session.fetchAccessToken(),
      session.fetchAccessToken(),
    ]);
    expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(ended[1]).toMatchObject({ reason: { code: "VERIFIER_MISSING" } });
    expect(emulator.requests).toHaveLength(1);
    expect(session.authorized).toBe(true);
  });

  it("a typed verifier has to be passed again after a failure", async () => {
    const session = sessionAt(emulator, { callbackUri: "oob", retries: false });
    await session.fetchRequestToken();
    const verifier = await emulator.authorizeOutOfBand(session.authorizationUrl());
    emulator.failNext("token-unavailable");
    const failing = errorOf(() => session.fetchAccessToken({ verifier }));
    expect(await failing).toMatchObject({ status: 503 });
    // One that was typed is the caller's to give again.
    expect(await errorOf(() => session.fetchAccessToken())).toMatchObject({
      code: "VERIFIER_MISSING",
    });
    await session.fetchAccessToken({ verifier });
    expect(session.authorized).toBe(true);
  });

  it("realms are joined by a space, only in the header of the first request", async () => {
    const session = sessionAt(emulator, { callbackUri: CALLBACK });
    await session.fetchRequestToken({ realm: ["a", 'b "c"\\'] });
    expect(emulator.requests[0]?.headers["authorization"]).toMatch(
      /^OAuth realm="a b \\"c\\"\\\\", oauth_/,
    );
  });
});

describe("request tokens and access tokens are not confused", () => {
  it("an access token is never in the authorization URL", async () => {
    const fetched = await signedIn(emulator);
    const given = sessionAt(emulator, { token: fetched.token as OAuth1Token });
    for (const session of [fetched, given]) {
      expect(await errorOf(() => session.authorizationUrl())).toBeInstanceOf(TokenMissing);
      const callback = `${CALLBACK}?oauth_token=${session.token?.key ?? ""}&oauth_verifier=v`;
      expect(await errorOf(() => session.parseAuthorizationResponse(callback))).toBeInstanceOf(
        TokenMissing,
      );
      expect(await errorOf(() => session.fetchAccessToken({ verifier: "v" }))).toBeInstanceOf(
        TokenMissing,
      );
      expect(session.requestToken).toBeUndefined();
    }
  });

  it("resourceOwnerKey may be of either kind, as in requests-oauthlib", async () => {
    const first = sessionAt(emulator, { callbackUri: CALLBACK });
    const { key, secret } = await first.fetchRequestToken();
    const callback = await emulator.authorize(first.authorizationUrl());
    const session = sessionAt(emulator, { resourceOwnerKey: key, resourceOwnerSecret: secret });
    session.parseAuthorizationResponse(callback);
    const access = await session.fetchAccessToken();
    const later = sessionAt(emulator, {
      resourceOwnerKey: access.key,
      resourceOwnerSecret: access.secret,
    });
    expect(later.authorized).toBe(true);
    expect((await later.get("/me")).data).toMatchObject({ screen_name: "ada_l" });
  });

  it("a verifier may be passed to the constructor", async () => {
    const first = sessionAt(emulator, { callbackUri: CALLBACK });
    const requestToken = await first.fetchRequestToken();
    const { searchParams } = new URL(await emulator.authorize(first.authorizationUrl()));
    const verifier = searchParams.get("oauth_verifier") ?? "";
    const session = sessionAt(emulator, { requestToken, verifier });
    expect((await session.fetchAccessToken()).parameters["screen_name"]).toBe("ada_l");
  });
});

describe("without a redirect", () => {
  it("oob: the user types the PIN", async () => {
    const session = sessionAt(emulator, { callbackUri: "oob" });
    await session.fetchRequestToken();
    expect(oauthSent(-1)).toMatchObject({ oauth_callback: "oob" });
    const verifier = await emulator.authorizeOutOfBand(session.authorizationUrl());
    await session.fetchAccessToken({ verifier });
    expect((await session.get("/me")).status).toBe(200);
    // And again: nothing was used up.
    await session.fetchRequestToken();
  });

  it("a missing callbackUri is reported, and does not become oob", async () => {
    const sent = emulator.requests.length;
    expect(await errorOf(() => sessionAt(emulator).fetchRequestToken())).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(/callbackUri is missing/),
    });
    expect(emulator.requests).toHaveLength(sent);
  });

  it("two-legged: requests of the app itself have no oauth_token", async () => {
    const session = sessionAt(emulator);
    const { data } = await session.get("/echo/two-legged?a=b");
    expect(data).toMatchObject({ user: null, consumer: emulator.clientId });
    expect(oauthSent(-1)).not.toHaveProperty("oauth_token");
    expect(session.authorized).toBe(false);
  });

  it.each(["header", "query", "body"] as const)(
    "xAuth, signed in the %s",
    async (signatureType) => {
      const session = sessionAt(emulator, { signatureType });
      const [user] = emulator.users;
      const password = (user as { password?: string }).password ?? "";
      const token = await session.fetchXAuthToken({ username: "ada_l", password });
      expect(token.parameters["screen_name"]).toBe("ada_l");
      expect(session.token).toBe(token);
      const request = emulator.requests.at(-1);
      expect(request?.url).not.toContain(encodeURIComponent(password));
      expect(request?.body).toMatchObject({
        x_auth_mode: "client_auth",
        x_auth_password: password,
      });
    },
  );

  it("xAuth refuses an empty name or password before anything is sent, and reports a wrong one", async () => {
    const session = sessionAt(emulator);
    const wrong = [{ username: "", password: "p" }, { username: "u", password: "" }, {}, undefined];
    for (const credentials of wrong) {
      const error = await errorOf(() => session.fetchXAuthToken(credentials as never));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
    expect(emulator.requests).toHaveLength(0);
    const password = "canary-xauth-password-Tr4NnE7e";
    const error = await errorOf(() => session.fetchXAuthToken({ username: "ada_l", password }));
    expect(error).toMatchObject({ code: "TOKEN_REQUEST_DENIED", error: "permission_denied" });
    expect(session.authorized).toBe(false);
  });
});
