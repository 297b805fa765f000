import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  isOAuthError,
  type OAuth2Client,
  type OAuth2ClientOptions,
  type Token,
} from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, halfHash, signingKey, SUBJECT } from "./support/faulty-provider.ts";
import { hurry } from "./support/hurry.ts";
import type { Answer } from "./support/loopback-server.ts";
import { turns, until } from "./support/turns.ts";

const FIRST = signingKey("ES256", "first");
const SECOND = signingKey("ES256", "second");
const MINUTE = 60_000;

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
  client = made();
});

afterEach(() => provider.close());

const made = (options: Partial<OAuth2ClientOptions> = {}): OAuth2Client =>
  provider.client({ idToken: { algorithms: ["ES256"] } }, options);

/** Signs in without user info, and lets the clock run until that is done. */
async function signIn(by: OAuth2Client = client): Promise<Token> {
  const request = await by.authorizationRequest();
  return hurry(provider.clock, by.fetchToken(provider.callbackFor(request), request), 60_000);
}

/** The key set fails so many times, and is as published then. */
function fail(times: number, how: () => Answer | "cut" | "hang"): void {
  let left = times;
  provider.keySetAnswer = () => {
    left -= 1;
    if (left < 0) provider.keySetAnswer = undefined;
    return left < 0 ? { body: { keys: provider.published } } : how();
  };
}

const rotate = (): void => {
  provider.key = SECOND;
  provider.published = [SECOND.jwk];
};

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
let logouts = 0;
const logoutToken = (kid: string): string => {
  logouts += 1;
  return provider.idToken({
    header: { typ: "logout+jwt", kid },
    claims: { nonce: undefined, jti: `logout-${logouts}`, events: { [EVENT]: {} } },
  });
};
const idTokenOf = (kid: string): string => provider.idToken({ header: { kid } });

describe("a sign-in whose code is used up tries to fetch the keys again", () => {
  it.each<[string, number, () => Answer | "cut" | "hang"]>([
    ["answers 503 once", 1, () => ({ status: 503 })],
    ["answers 503 six times", 6, () => ({ status: 503 })],
    ["answers 429 with Retry-After", 1, () => ({ status: 429, headers: { "retry-after": "2" } })],
    ["is cut off twice", 2, () => "cut"],
    ["answers 500 twice", 2, () => ({ status: 500 })],
    ["answers 404, as behind a balancer that knows no server yet", 2, () => ({ status: 404 })],
    ["is a page", 1, () => ({ body: "<html>maintenance</html>" })],
    ["is empty JSON", 1, () => ({ body: {} })],
    ["does not answer once", 1, () => "hang"],
  ])("when the key set %s", async (_name, times, how) => {
    fail(times, how);
    expect((await signIn()).claims?.sub).toBe(SUBJECT);
    expect(provider.server.received("/token")).toHaveLength(1);
  });

  it("when a new key cannot be fetched at first", async () => {
    await signIn();
    rotate();
    fail(4, () => ({ status: 503 }));
    expect((await signIn()).claims?.sub).toBe(SUBJECT);
  });

  it("in the device flow, too", async () => {
    fail(3, () => ({ status: 500 }));
    const device = {
      deviceCode: "device-code",
      userCode: "ABCD",
      verificationUri: "https://id.example.com/device",
      interval: 1,
      expiresAt: provider.clock.now() + MINUTE,
      scope: ["openid"],
    };
    const token = await hurry(provider.clock, client.fetchDeviceToken(device), 60_000);
    expect(token.claims?.sub).toBe(SUBJECT);
  });

  it("in the implicit grant, too", async () => {
    fail(2, () => ({ status: 500 }));
    const request = await client.authorizationRequest({ responseType: "token" });
    provider.callbackFor(request);
    const jwt = provider.idToken({ claims: { at_hash: halfHash("a-token") } });
    const callback = `https://app.example.com/callback#access_token=a-token&token_type=bearer&id_token=${jwt}&state=${request.state}`;
    const token = await hurry(provider.clock, client.tokenFromFragment(callback, request));
    expect(token.claims?.sub).toBe(SUBJECT);
  });

  it("up to four times, and then throws an error that says that the code is used up", async () => {
    fail(100, () => ({ status: 500 }));
    const start = provider.clock.now();
    const error = await rejectionOf(signIn());
    expect(error).toMatchObject({ code: "KEY_SET_UNAVAILABLE", retryable: false });
    expect((error as Error).message).toContain("let the user sign in again");
    expect(provider.keySetRequests).toBe(4);
    expect(provider.clock.now() - start).toBeLessThan(5000);
  });

  it("for about twice the timeout at most when nothing answers", async () => {
    fail(100, () => "hang");
    const start = provider.clock.now();
    const error = await rejectionOf(signIn(made({ timeout: 3000 })));
    expect(error).toMatchObject({ code: "KEY_SET_UNAVAILABLE" });
    expect(provider.clock.now() - start).toBeLessThanOrEqual(7000);
  });

  it("unless the caller aborts", async () => {
    fail(100, () => ({ status: 500 }));
    const abort = new AbortController();
    const request = await client.authorizationRequest();
    const callback = provider.callbackFor(request);
    const failing = rejectionOf(client.fetchToken(callback, request, { signal: abort.signal }));
    await until(() => provider.keySetRequests === 1);
    await turns();
    abort.abort();
    expect(await failing).toMatchObject({ code: "ABORTED" });
    expect(provider.clock.pending).toBe(0);
  });

  it("but not after a permanent error", async () => {
    const request = await client.authorizationRequest();
    const callback = provider.callbackFor(request, { claims: { aud: "other" } });
    expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject({
      code: "ID_TOKEN_INVALID",
    });
    expect(provider.keySetRequests).toBe(1);
  });
});

describe("a key set is fetched with the retries and the timeout of the client", () => {
  it.each<[string, () => Answer | "cut"]>([
    ["429", () => ({ status: 429 })],
    ["502", () => ({ status: 502 })],
    ["503", () => ({ status: 503 })],
    ["504", () => ({ status: 504 })],
    ["a stale connection", () => "cut"],
  ])("again after %s, also for verifyIdToken() and verifyLogoutToken()", async (_name, how) => {
    fail(2, how);
    expect((await hurry(provider.clock, client.verifyIdToken(idTokenOf("first")))).sub).toBe(
      SUBJECT,
    );
    expect(provider.keySetRequests).toBe(3);
    rotate();
    fail(1, how);
    const claims = await hurry(provider.clock, client.verifyLogoutToken(logoutToken("second")));
    expect(claims.sub).toBe(SUBJECT);
  });

  it("but not again when retries are off", async () => {
    fail(1, () => ({ status: 503 }));
    const error = await rejectionOf(made({ retries: false }).verifyIdToken(idTokenOf("first")));
    expect(error).toMatchObject({ code: "KEY_SET_UNAVAILABLE", retryable: true });
    expect(provider.keySetRequests).toBe(1);
  });

  it.each([300, 30_000])("within the timeout option: %d ms", async (timeout) => {
    fail(1, () => "hang");
    const by = made({ timeout });
    const state = { over: false };
    const failing = rejectionOf(by.verifyIdToken(idTokenOf("first"))).finally(() => {
      state.over = true;
    });
    await until(() => provider.keySetRequests === 1);
    provider.clock.advance(timeout - 1);
    await turns();
    expect(state.over).toBe(false);
    provider.clock.advance(1);
    expect(await failing).toMatchObject({ code: "KEY_SET_UNAVAILABLE" });
  });

  it("and a caller who joins a fetch waits no longer than its own timeout", async () => {
    fail(1, () => "hang");
    const patient = rejectionOf(made({ timeout: 20_000 }).verifyIdToken(idTokenOf("first")));
    await until(() => provider.keySetRequests === 1);
    const hasty = rejectionOf(made({ timeout: 500 }).verifyIdToken(idTokenOf("first")));
    await turns();
    provider.clock.advance(500);
    expect(await hasty).toMatchObject({ code: "KEY_SET_UNAVAILABLE" });
    expect(provider.keySetRequests).toBe(1);
    provider.clock.advance(20_000);
    expect(await patient).toMatchObject({ code: "KEY_SET_UNAVAILABLE" });
  });
});

describe("rotated keys are found", () => {
  const strangers: [string, (kid: string) => Promise<unknown>][] = [
    ["ID tokens", (kid) => client.verifyIdToken(idTokenOf(kid))],
    ["logout tokens", (kid) => client.verifyLogoutToken(logoutToken(kid))],
  ];
  it.each(strangers)(
    "by a sign-in and a refresh, whatever made-up key ids of %s came just before",
    async (_name, send) => {
      const before = await signIn();
      for (let index = 0; index < 50; index += 1) await rejectionOf(send(`made-up-${index}`));
      rotate();
      expect((await signIn()).claims?.sub).toBe(SUBJECT);
      provider.key = FIRST;
      provider.published = [FIRST.jwk];
      provider.fault = { claims: { nonce: undefined, email: "new@example.com" } };
      provider.tokenFields = { access_token: `${CANARY.accessToken}-new` };
      const after = await hurry(provider.clock, client.refreshToken(before));
      expect(after.claims).toMatchObject({ email: "new@example.com" });
    },
  );

  it.each(strangers)(
    "by verifyIdToken() and logout tokens after a few made-up %s",
    async (...row) => {
      const [, send] = row;
      await signIn();
      for (let index = 0; index < 3; index += 1) await rejectionOf(send(`made-up-${index}`));
      rotate();
      expect((await client.verifyIdToken(idTokenOf("second"))).sub).toBe(SUBJECT);
      provider.key = FIRST;
      provider.published = [FIRST.jwk];
      expect((await client.verifyLogoutToken(logoutToken("first"))).sub).toBe(SUBJECT);
    },
  );

  it.each(strangers)("seconds after any number of made-up %s", async (_name, send) => {
    await signIn();
    for (let index = 0; index < 100; index += 1) await rejectionOf(send(`made-up-${index}`));
    rotate();
    provider.clock.advance(15_000);
    expect((await client.verifyIdToken(idTokenOf("second"))).sub).toBe(SUBJECT);
  });

  it("at once after the key set could not be fetched, however often", async () => {
    await signIn();
    rotate();
    fail(1000, () => ({ status: 500 }));
    for (let index = 0; index < 20; index += 1) {
      expect(await rejectionOf(client.verifyIdToken(idTokenOf("second")))).toMatchObject({
        code: "KEY_SET_UNAVAILABLE",
      });
    }
    provider.keySetAnswer = undefined;
    expect((await client.verifyIdToken(idTokenOf("second"))).sub).toBe(SUBJECT);
  });

  it("but a provider whose tokens name no published key is not asked at every sign-in", async () => {
    await signIn();
    provider.published = [SECOND.jwk];
    for (let index = 0; index < 50; index += 1) {
      provider.clock.advance(1000);
      const error = await signIn().catch((failure: unknown) => failure);
      if (isOAuthError(error)) expect(error.code).toBe("KEY_SELECTION_FAILED");
    }
    expect(provider.keySetRequests).toBeLessThanOrEqual(12);
  });
});
