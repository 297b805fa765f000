import { Agent } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { FakeClock } from "@grantkit/core/testing";
import {
  defineOAuth1Provider,
  OAuth1Session,
  type OAuth1SessionOptions,
  OAuth1Token,
} from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { sessionAt, signedIn } from "./support/consumer.ts";
import { turnsUntil } from "./support/turns.ts";
import { RecordingServer } from "./support/recording-server.ts";

const NOW = 1_700_000_000_000;
const LIFETIME = 3600;

let clock: FakeClock;
let emulator: OAuth1Emulator;
let server: RecordingServer | undefined;

beforeEach(async () => {
  clock = new FakeClock(NOW);
  emulator = await startOAuth1({
    renewal: true,
    xAuth: true,
    accessTokenLifetime: LIFETIME,
    now: () => clock.now(),
  });
});
afterEach(async () => {
  await emulator.close();
  await server?.close();
});

const renewals = () =>
  emulator.requests.filter(({ headers }) =>
    headers["authorization"]?.includes("oauth_session_handle"),
  );

type Saved = readonly [next: OAuth1Token, previous: OAuth1Token];

function withClock(options: Partial<OAuth1SessionOptions> = {}): Promise<OAuth1Session> {
  return signedIn(emulator, { clock, ...options });
}

describe("an expired access token is refreshed", () => {
  it("before a request, when it is known to have expired; the save is awaited", async () => {
    const saved: Saved[] = [];
    const session = await withClock({
      onTokenUpdate: async (...tokens) => {
        for (const part of [1, 2, 3]) await fetch(`${emulator.origin}/save/${part}`);
        saved.push(tokens);
      },
    });
    const first = session.token as OAuth1Token;
    expect(first.expiresAt).toEqual(new Date(NOW + LIFETIME * 1000));
    await session.get("/me");
    expect(renewals()).toHaveLength(0);

    clock.advance(LIFETIME * 1000);
    emulator.clearRequests();
    const { status } = await session.get("/me");
    expect(status).toBe(200);
    expect(emulator.requests.map(({ path }) => path)).toEqual([
      "/oauth/access_token",
      "/save/1",
      "/save/2",
      "/save/3",
      "/api/me",
    ]);
    expect(saved).toEqual([[session.token, first]]);
    expect(session.token?.key).not.toBe(first.key);
    // And stored, and read again, it is renewed once more.
    const later = sessionAt(emulator, {
      clock,
      token: OAuth1Token.from(JSON.parse(JSON.stringify(session.token))),
    });
    clock.advance(LIFETIME * 1000);
    expect((await later.fetch("/me")).status).toBe(200);
    expect(renewals()).toHaveLength(2);
  });

  it.each(["get", "fetch"] as const)(
    "on a 401 that says token_expired: session.%s sends the request again",
    async (method) => {
      const session = await withClock();
      emulator.expireAccessTokens();
      emulator.clearRequests();
      expect((await session[method]("/me")).status).toBe(200);
      expect(emulator.requests.map(({ status }) => status)).toEqual([401, 200, 200]);
      const nonces = emulator.requests.map(
        ({ headers }) => /oauth_nonce="([^"]+)"/.exec(headers["authorization"] ?? "")?.[1],
      );
      expect(new Set(nonces).size).toBe(3);
    },
  );

  it("not on other refusals, nor without a session handle", async () => {
    const session = await withClock({ retries: false });
    for (const failure of [
      "api-token-rejected",
      "api-nonce-used",
      "api-permission-denied",
    ] as const) {
      emulator.failNext(failure);
      expect((await session.fetch("/me")).status).toBe(401);
    }
    expect(renewals()).toHaveLength(0);
    const { key, secret } = session.token as OAuth1Token;
    const without = sessionAt(emulator, { clock, token: { key, secret } });
    emulator.expireAccessTokens();
    expect((await without.fetch("/me")).status).toBe(401);
    expect(renewals()).toHaveLength(0);
    expect(await errorOf(() => without.refresh())).toMatchObject({ code: "TOKEN_MISSING" });
  });

  it.each(["get", "fetch"] as const)(
    "where an agent allows one connection: session.%s of a stream sends the request again",
    async (method) => {
      const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
      const session = await withClock({ http: { httpAgent } });
      emulator.expireAccessTokens();
      const stream = { responseType: "stream", timeout: 60_000 } as const;
      const { status } = await (method === "get"
        ? session.get("/me", stream)
        : session.fetch("/me"));
      expect(status).toBe(200);
      httpAgent.destroy();
    },
  );

  it("a second 401 is returned after one refresh", async () => {
    const session = await withClock();
    emulator.clearRequests();
    emulator.failNext("api-token-expired", 5);
    expect((await session.fetch("/me")).status).toBe(401);
    expect(emulator.requests.map(({ path }) => path)).toEqual([
      "/api/me",
      "/oauth/access_token",
      "/api/me",
    ]);
  });

  it("a request with a stream is not sent again", async () => {
    const session = await withClock();
    emulator.expireAccessTokens();
    const body = new Blob(["x"]).stream();
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    expect((await session.fetch("/echo/stream", init)).status).toBe(401);
  });
});

describe("one refresh for all callers", () => {
  it("for 50 callers with an expired token", async () => {
    const saved: Saved[] = [];
    const session = await withClock({ onTokenUpdate: (...tokens) => void saved.push(tokens) });
    clock.advance(LIFETIME * 1000);
    const all = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? session.get("/me") : session.fetch("/me"),
    );
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect([renewals().length, saved.length]).toEqual([1, 1]);
  });

  it("for 50 callers that all get a 401", async () => {
    const saved: Saved[] = [];
    const session = await withClock({ onTokenUpdate: (...tokens) => void saved.push(tokens) });
    emulator.expireAccessTokens();
    const all = Array.from({ length: 50 }, () => session.fetch("/me"));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect([renewals().length, saved.length]).toEqual([1, 1]);
  });

  it("whose token is saved once, also for callers who come during the save", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const saved: OAuth1Token[] = [];
    const session = await withClock({
      onTokenUpdate: (next) => {
        saved.push(next);
        return gate;
      },
    });
    clock.advance(LIFETIME * 1000);
    const first = session.get("/me");
    await turnsUntil(() => saved.length === 1);
    const later = [session.get("/me"), session.fetch("/me"), session.refresh()];
    await turnsUntil(() => saved.length > 1);
    open();
    await Promise.all([first, ...later]);
    expect([renewals().length, saved]).toEqual([1, [session.token]]);
  });

  it("which a caller who aborts does not end for the others", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const session = await withClock({ onTokenUpdate: () => gate });
    clock.advance(LIFETIME * 1000);
    const leaving = new AbortController();
    const left = errorOf(() => session.fetch("/me", { signal: leaving.signal }));
    const staying = session.fetch("/me");
    leaving.abort();
    expect(await left).toMatchObject({ name: "AbortError" });
    open();
    expect((await staying).status).toBe(200);
    expect(renewals()).toHaveLength(1);
  });

  it("which fails for all who wait, and keeps the token", async () => {
    const session = await withClock({ retries: false });
    const { token } = session;
    clock.advance(LIFETIME * 1000);
    emulator.failNext("token-unavailable");
    const errors = await Promise.all(
      Array.from({ length: 10 }, () => errorOf(() => session.get("/me"))),
    );
    for (const error of errors) {
      expect(error).toMatchObject({ code: "TOKEN_REQUEST_DENIED", status: 503, retryable: true });
    }
    expect([renewals().length, session.token]).toEqual([1, token]);
    expect((await session.get("/me")).status).toBe(200);
  });
});

describe("a refresh that the provider refuses", () => {
  const refused = () =>
    sessionAt(emulator, {
      clock,
      token: {
        key: CANARY.token,
        secret: CANARY.tokenSecret,
        sessionHandle: CANARY.sessionHandle,
        expiresAt: new Date(NOW - 1).toISOString(),
      },
    });

  it("is tried once, until the user signs in again", async () => {
    const session = refused();
    for (let request = 0; request < 20; request += 1) {
      const denial = await errorOf(() => (request % 2 ? session.get("/me") : session.fetch("/me")));
      expect(denial).toMatchObject({ code: "TOKEN_REQUEST_DENIED", status: 401 });
    }
    expect(emulator.requests).toHaveLength(1);
    const { password = "" } = emulator.users[0] as { password?: string };
    await session.fetchXAuthToken({ username: "ada_l", password });
    clock.advance(LIFETIME * 1000);
    expect((await session.get("/me")).status).toBe(200);
  });

  it("is asked for again by refresh()", async () => {
    const session = refused();
    for (const attempt of [1, 2]) {
      await errorOf(() => session.refresh());
      expect(renewals()).toHaveLength(attempt);
    }
  });

  it("is tried again by a request when the refusal was not about the token", async () => {
    const session = await withClock();
    clock.advance(LIFETIME * 1000);
    emulator.failNext("token-timestamp-refused");
    expect(await errorOf(() => session.get("/me"))).toMatchObject({ error: "timestamp_refused" });
    expect((await session.get("/me")).status).toBe(200);
  });
});

describe("a session in which another user signs in while a request is under way", () => {
  it.each([
    ["get", "with a token"],
    ["fetch", "with a token"],
    ["get", "without one"],
    ["fetch", "without one"],
  ] as const)("does not send it for the second user: session.%s %s", async (method, whose) => {
    const { password = "" } = emulator.users[0] as { password?: string };
    const signIn = () => session.fetchXAuthToken({ username: "ada_l", password });
    const api = await RecordingServer.start(async () => {
      await signIn();
      return { status: 401, body: "no" };
    });
    server = api;
    const { api: _, ...endpoints } = emulator.endpoints;
    const provider = defineOAuth1Provider({
      name: "example",
      endpoints,
      api: { baseUrl: api.origin },
    });
    const session = sessionAt(emulator, { clock, provider });
    if (whose === "with a token") await signIn();
    const answer = await session[method]("/me").catch((error: unknown) => error);
    expect(answer).toMatchObject({ status: 401 });
    expect(api.requests).toHaveLength(1);
  });
});

describe("a session in which another user signs in while a token is refreshed", () => {
  it.each(["get", "fetch"] as const)(
    "does not sign for the second user with the first one's token: session.%s",
    async (method) => {
      let save = (): void => undefined;
      const saved = new Promise<void>((resolve) => (save = resolve));
      const session = await withClock({ onTokenUpdate: () => saved });
      const first = session.token;
      const renewed = session.refresh();
      await turnsUntil(() => session.token !== first);
      const { password = "" } = emulator.users[0] as { password?: string };
      await session.fetchXAuthToken({ username: "ada_l", password });
      const second = session.token as OAuth1Token;
      // The second one's token ends before the first one's is saved.
      emulator.expireAccessTokens();
      emulator.clearRequests();
      const answered = session[method]("/me");
      await turnsUntil(() => emulator.requests.length > 1);
      save();
      expect((await answered).status).toBe(200);
      await renewed;
      const tokens = emulator.requests.map(
        ({ headers }) => /oauth_token="([^"]+)"/.exec(headers["authorization"] ?? "")?.[1],
      );
      expect(tokens).toEqual([second.key, second.key, session.token?.key]);
      expect(renewals()).toHaveLength(1);
    },
  );
});

describe("a save that fails", () => {
  it.each(["get", "fetch"] as const)(
    "reaches every caller of session.%s, and is tried again before the next request",
    async (method) => {
      const saved: Saved[] = [];
      let broken = true;
      const session = await withClock({
        onTokenUpdate: (next, previous) => {
          if (broken) throw new Error(`no database for ${next.secret}`);
          saved.push([next, previous]);
        },
      });
      const first = session.token as OAuth1Token;
      clock.advance(LIFETIME * 1000);
      emulator.clearRequests();
      const errors = await Promise.all([
        errorOf(() => session[method]("/me")),
        errorOf(() => session[method]("/me")),
        errorOf(() => session.refresh()),
      ]);
      for (const error of errors) {
        expect(error).toMatchObject({
          code: "TOKEN_UPDATE_FAILED",
          retryable: true,
          message: expect.stringContaining("no database for"),
        });
      }
      // The new token is there; the old one is worth nothing any more.
      const next = session.token as OAuth1Token;
      expect(next.key).not.toBe(first.key);
      expect(emulator.requests.map(({ path }) => path)).toEqual(["/oauth/access_token"]);
      await errorOf(() => session[method]("/me"));

      broken = false;
      expect((await session[method]("/me")).status).toBe(200);
      expect(saved).toEqual([[next, first]]);
      expect(renewals()).toHaveLength(1);
      await session[method]("/me");
      expect(saved).toHaveLength(1);
    },
  );
});

describe("refresh()", () => {
  it("renews a token that has not ended, and several calls at once renew it once", async () => {
    const saved: Saved[] = [];
    const session = await withClock({ onTokenUpdate: (...tokens) => void saved.push(tokens) });
    const first = session.token;
    const tokens = await Promise.all([session.refresh(), session.refresh()]);
    expect(tokens).toEqual([session.token, session.token]);
    expect(session.token).not.toBe(first);
    expect([renewals().length, saved.length]).toEqual([1, 1]);
  });

  it("reports a session handle that the provider does not know", async () => {
    const session = sessionAt(emulator, {
      clock,
      token: { key: CANARY.token, secret: CANARY.tokenSecret, sessionHandle: CANARY.sessionHandle },
    });
    const error = await errorOf(() => session.refresh());
    expect(error).toMatchObject({ code: "TOKEN_REQUEST_DENIED", status: 401 });
    expect(session.token?.key).toBe(CANARY.token);
  });

  it("at an invalid URL, or one that gives no token, changes nothing", async () => {
    const session = await withClock();
    expect(await errorOf(() => session.refresh({ url: "nonsense" }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(
      await errorOf(() => session.refresh({ url: `${emulator.origin}/api/me` })),
    ).toMatchObject({
      code: "TOKEN_REQUEST_DENIED",
    });
    const { key, secret } = session.token as OAuth1Token;
    const without = sessionAt(emulator, { clock, token: { key, secret } });
    expect(await errorOf(() => without.refresh({ url: "nonsense" }))).toMatchObject({
      code: "TOKEN_MISSING",
    });
    clock.advance(LIFETIME * 1000);
    expect((await session.get("/me")).status).toBe(200);
    expect(renewals()).toHaveLength(2);
  });

  it("is not tried without a token: a 401 to a two-legged request is returned", async () => {
    server = await RecordingServer.start(() => ({ status: 401, body: "no" }));
    const session = new OAuth1Session({
      clientKey: "my-app",
      clientSecret: CANARY.clientSecret,
      allowedOrigins: [server.origin],
    });
    const response = await session.fetch(`${server.origin}/two-legged`);
    expect([response.status, await response.text()]).toEqual([401, "no"]);
    expect(server.requests).toHaveLength(1);
  });

  it("uses the session handle of the reply if it has one, and never shows it", async () => {
    server = await RecordingServer.start(() => ({
      body: "oauth_token=next&oauth_token_secret=s2&oauth_session_handle=h2&oauth_expires_in=60&user=7",
    }));
    const session = new OAuth1Session({
      clientKey: "my-app",
      clientSecret: CANARY.clientSecret,
      token: { key: "k", secret: CANARY.tokenSecret, sessionHandle: CANARY.sessionHandle },
    });
    const { sessionHandle, parameters } = await session.refresh({ url: `${server.origin}/renew` });
    expect([sessionHandle, parameters]).toEqual(["h2", { user: "7" }]);
  });

  it("keeps the session handle when the reply has none", async () => {
    server = await RecordingServer.start(() => ({
      body: "oauth_token=next&oauth_token_secret=s2&oauth_expires_in=60",
    }));
    const session = new OAuth1Session({
      clientKey: "my-app",
      clientSecret: CANARY.clientSecret,
      clock,
      token: { key: "k", secret: CANARY.tokenSecret, sessionHandle: CANARY.sessionHandle },
    });
    // Without a provider nobody knows where: nothing is sent, and the next call says it.
    expect(await errorOf(() => session.refresh())).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    const token = await session.refresh({ url: `${server.origin}/renew` });
    expect(token.toJSON()).toMatchObject({
      key: "next",
      secret: "s2",
      sessionHandle: CANARY.sessionHandle,
      expiresAt: new Date(NOW + 60_000).toISOString(),
    });
    const secrets = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };
    const [accepted] = server.accepted(secrets);
    expect(accepted?.oauth.get("oauth_session_handle")).toBe(CANARY.sessionHandle);
  });
});
