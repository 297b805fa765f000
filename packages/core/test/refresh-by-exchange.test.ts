import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type ProviderDefinition,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { expectNoCanary } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import type { Answer, ReceivedRequest } from "./support/loopback-server.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { WatchedStore } from "./support/watched-store.ts";

const DAY = 24 * 3600;
const LIFE = 60 * DAY;
const key = "user-1";
const running = closedAfterAll();
let example: ExampleProvider;
let clock: FakeClock;
let exchange: (request: ReceivedRequest) => Answer | "cut" | Promise<Answer>;
let exchanged: number;

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  exchanged = 0;
  exchange = strictExchange;
  const { answer } = example.server;
  example.server.answer = (request, response) =>
    request.url.startsWith("/exchange") ? exchange(request) : answer(request, response);
});

/** The endpoint as it is documented: a GET with two parameters and nothing else, for a token that has not ended. */
function strictExchange({ method, url, headers, body }: ReceivedRequest): Answer {
  const query = Object.fromEntries(new URL(url, example.origin).searchParams);
  const { grant_type, access_token = "", ...others } = query;
  const isExact =
    method === "GET" &&
    body === "" &&
    headers["content-type"] === undefined &&
    headers.authorization === undefined &&
    grant_type === "xx_refresh_token" &&
    Object.keys(others).length === 0;
  if (!isExact) return { status: 400, body: { error: { message: "bad request", code: 100 } } };
  if (!example.accepted.has(access_token)) {
    const message = `Error validating access token ${access_token}`;
    return { status: 400, body: { error: { message, type: "OAuthException", code: 190 } } };
  }
  exchanged += 1;
  example.accepted.add(`at-exchanged-${exchanged}`);
  return {
    body: { access_token: `at-exchanged-${exchanged}`, token_type: "bearer", expires_in: LIFE },
  };
}

const client = (
  renew: Partial<NonNullable<ProviderDefinition["renew"]>> = {},
  options: Partial<OAuth2ClientOptions> = {},
): OAuth2Client =>
  example.client(
    { clock, retries: false, ...options },
    {
      renew: {
        endpoint: `${example.origin}/exchange`,
        method: "GET",
        grantType: "xx_refresh_token",
        tokenParameter: "access_token",
        ...renew,
      },
      readError: ({ error }) => {
        const { code, message } = (error ?? {}) as { code?: number; message?: string };
        if (code === undefined) return undefined;
        return {
          error: String(code),
          errorDescription: message,
          ...(code === 190 && { code: "TOKEN_REJECTED" }),
        };
      },
    },
  );

/** A token of 60 days that ends in some seconds. */
const ending = (seconds: number, changes: Partial<TokenRecord> = {}): Token =>
  example.expiring(clock, seconds, {
    refreshToken: undefined,
    issuedAt: clock.now() - (LIFE - seconds) * 1000,
    scope: ["basic"],
    raw: { user_id: 7 },
    ...changes,
  });

const apiTokens = () => example.apiRequests.map(({ headers }) => headers.authorization?.slice(7));
const exchanges = () => example.server.received("/exchange");

describe("a token that the provider exchanges for a new one (Instagram, Threads)", () => {
  it("is exchanged before it ends, once for all requests, and saved before a request is sent", async () => {
    const saved: string[] = [];
    const one = client().session(ending(6 * DAY), {
      onTokenUpdate: (next, previous) =>
        void saved.push(`${previous.accessToken} → ${next.accessToken}`),
    });
    await one.get("/me");
    await Promise.all([one.get("/me"), one.fetch("/me"), one.get("/me")]);
    expect(saved).toEqual(["at-old → at-exchanged-1"]);
    expect(exchanges()).toHaveLength(1);
    expect(new Set(apiTokens())).toEqual(new Set(["at-exchanged-1"]));
  });

  it("keeps what the answer leaves out", async () => {
    const next = await client().refreshToken(ending(6 * DAY));
    expect(next).toMatchObject({ accessToken: "at-exchanged-1", scope: ["basic"] });
    expect(next.raw).toEqual({ user_id: 7 });
    expect(next.expiresAt).toEqual(new Date(clock.now() + LIFE * 1000));
    expect(next.refreshToken).toBeUndefined();
  });

  it("is not exchanged earlier, and the definition says how early that is", async () => {
    await client()
      .session(ending(8 * DAY))
      .get("/me");
    await client({ ahead: DAY })
      .session(ending(6 * DAY))
      .get("/me");
    expect(exchanges()).toHaveLength(0);
    await client({ ahead: 20 * DAY })
      .session(ending(15 * DAY))
      .get("/me");
    expect(exchanges()).toHaveLength(1);
  });

  it("is exchanged in the second half of a short life, and not with each request", async () => {
    const short = { issuedAt: clock.now() - 600_000 };
    await client().session(ending(3000, short)).get("/me");
    expect(exchanges()).toHaveLength(0);
    await client().session(ending(500, short)).get("/me");
    expect(exchanges()).toHaveLength(1);
  });

  it("is shared with sessions of the client that begin with the token before", async () => {
    const someClient = client();
    const old = ending(6 * DAY);
    await someClient.session(old).get("/me");
    await someClient.session(old).get("/me");
    expect(await someClient.refreshToken(old)).toMatchObject({ accessToken: "at-exchanged-1" });
    expect(exchanges()).toHaveLength(1);
  });

  it("is exchanged by session.refresh() and client.refreshToken() at any time before it ends", async () => {
    const session = client().session(ending(50 * DAY));
    expect((await session.refresh()).accessToken).toBe("at-exchanged-1");
    expect((await client().refreshToken(ending(50 * DAY).toJSON())).accessToken).toBe(
      "at-exchanged-2",
    );
  });

  it("cannot be exchanged once it has ended: the user must sign in again, and nothing is sent", async () => {
    const expired = ending(-1);
    const session = client().session(expired);
    expect(session.authorized).toBe(false);
    for (const work of [
      session.get("/me"),
      session.fetch("/me"),
      session.refresh(),
      client().refreshToken(expired),
      client().refreshToken(expired, { parameters: { a: "b" } }),
    ]) {
      const error = await thrown(work);
      expect(error).toMatchObject({ code: "TOKEN_EXPIRED", retryable: false });
      expect(error.message).toMatch(/only before it expires.*sign in again/);
    }
    expect(example.server.requests).toHaveLength(0);
  });

  it("is not exchanged after the API has refused it", async () => {
    const session = client().session(ending(50 * DAY));
    example.accepted.clear();
    expect((await session.fetch("/me")).status).toBe(401);
    expect(exchanges()).toHaveLength(0);
    const store = new WatchedStore({ clock });
    const stored = await client().storedSession({ store, key, token: ending(50 * DAY) });
    example.accepted.clear();
    expect((await stored.fetch("/me")).status).toBe(401);
    expect(exchanges()).toHaveLength(0);
  });

  it("throws TokenUpdated with refresh: notify, and is left alone with refresh: manual", async () => {
    const notified = client().session(ending(6 * DAY), { refresh: "notify" });
    const error = await thrown(notified.fetch("/me"));
    expect(error).toMatchObject({ code: "TOKEN_UPDATED" });
    await client()
      .session(ending(6 * DAY), { refresh: "manual" })
      .get("/me");
    expect(exchanges()).toHaveLength(1);
  });

  it("is replaced by the session's own renew function, where it has one", async () => {
    const mine = example.grant({ accessToken: "at-mine", expiresAt: clock.now() + LIFE * 1000 });
    const session = client().session(ending(-1), { renew: () => Promise.resolve(mine) });
    await session.get("/me");
    expect(apiTokens()).toEqual(["at-mine"]);
    expect(exchanges()).toHaveLength(0);
  });

  it("is refreshed as usual where it has a refresh token, and an app's own token is left alone", async () => {
    example.rotate("rt-old");
    await client()
      .session(ending(30, { refreshToken: "rt-old" }))
      .get("/me");
    expect(example.tokenRequests).toHaveLength(1);
    const renewal = { grant: "client_credentials" } as const;
    const error = await thrown(client().refreshToken(ending(6 * DAY, { renewal })));
    expect(error).toMatchObject({ code: "REFRESH_TOKEN_MISSING" });
    expect(exchanges()).toHaveLength(0);
  });
});

describe("a stored token that is exchanged", () => {
  it("is exchanged by one of two clients, under the store's lock, and both use it", async () => {
    const store = new WatchedStore({ clock });
    await store.put(key, ending(6 * DAY).toJSON());
    const sessions = await Promise.all(
      [client(), client()].map((each) => each.storedSession({ store, key })),
    );
    await Promise.all(sessions.map((session) => session.get("/me")));
    expect(exchanges()).toHaveLength(1);
    expect(await store.accessToken(key)).toBe("at-exchanged-1");
    expect(apiTokens()).toEqual(["at-exchanged-1", "at-exchanged-1"]);
  });

  it("finds the newer one of another process when its own has expired", async () => {
    const store = new WatchedStore({ clock });
    const session = await client().storedSession({ store, key, token: ending(8 * DAY) });
    await store.put(key, ending(40 * DAY, { accessToken: "at-newer" }).toJSON());
    clock.advance(9 * DAY * 1000);
    await session.get("/me");
    expect(apiTokens()).toEqual(["at-newer"]);
    expect(exchanges()).toHaveLength(0);
  });

  it("that is refused is asked for again later, and not with each request", async () => {
    const store = new WatchedStore({ clock });
    exchange = () => ({ status: 400, body: { error: { code: 190, message: "too young" } } });
    const session = await client().storedSession({ store, key, token: ending(6 * DAY) });
    await session.get("/me");
    await session.get("/me");
    expect(exchanges()).toHaveLength(1);
    exchange = strictExchange;
    clock.advance(3601_000);
    await session.get("/me");
    expect(await store.accessToken(key)).toBe("at-exchanged-1");
  });
});

it("an exchange that brings a token which lives no longer is not repeated with each request", async () => {
  const expires_in = 6 * DAY;
  exchange = () => ({ body: { access_token: "at-old", expires_in } });
  const session = client().session(ending(6 * DAY));
  for (let count = 0; count < 3; count += 1) await session.get("/me");
  expect(exchanges()).toHaveLength(1);
  clock.advance(3 * DAY * 1000);
  await session.get("/me");
  expect(exchanges()).toHaveLength(2);
});

describe("an exchange that fails", () => {
  it.each<[string, Answer | "cut"]>([
    ["for now", { status: 503 }],
    ["for good", { status: 400, body: { error: { code: 190, message: "no" } } }],
    ["without an answer", "cut"],
  ])(
    "%s fails no request as long as the token is valid, and is repeated an hour later",
    async (_name, answer) => {
      exchange = () => answer;
      const session = client().session(ending(6 * DAY));
      for (let count = 0; count < 3; count += 1)
        expect((await session.get("/me")).status).toBe(200);
      expect(exchanges().length).toBeLessThanOrEqual(1);
      exchange = strictExchange;
      clock.advance(3601_000);
      await session.get("/me");
      expect(apiTokens().at(-1)).toBe("at-exchanged-1");
    },
  );

  it("is repeated sooner where the token ends soon", async () => {
    exchange = () => ({ status: 503 });
    const session = client().session(ending(600));
    await session.get("/me");
    clock.advance(61_000);
    exchange = strictExchange;
    await session.get("/me");
    expect(apiTokens()).toEqual(["at-old", "at-exchanged-1"]);
  });

  it("throws INVALID_GRANT from refresh() for a token that has ended, and shows no secret", async () => {
    example.accepted.clear();
    const accessToken = "at-secret-000001";
    for (const by of [client(), client({ method: "POST", clientCredentials: true })]) {
      const token = ending(6 * DAY, { accessToken });
      example.accepted.clear();
      exchange = ({ url, body }) => ({
        status: 400,
        body: { error: { message: `bad ${accessToken} in ${url}${body}`, code: 190 } },
      });
      for (const work of [by.session(token).refresh(), by.refreshToken(token)]) {
        const error = await thrown(work);
        expect(error).toMatchObject({ code: "INVALID_GRANT", status: 400, retryable: false });
        expect(error.message).toContain("sign in again");
        expectNoCanary(error, accessToken, "client-secret-canary");
      }
    }
  });

  it("shows the token in no error of the network", async () => {
    exchange = () => "cut";
    const token = ending(6 * DAY, { accessToken: "at-secret-000001" });
    const error = await thrown(client().refreshToken(token));
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
    expectNoCanary(error, "at-secret-000001");
    const moved = client({ endpoint: `${example.origin}/nowhere` });
    const missing = await thrown(moved.refreshToken(token));
    expect(missing.message).toContain("renew.endpoint");
    expectNoCanary(missing, "at-secret-000001");
  });

  it("follows no redirect", async () => {
    exchange = () => ({ status: 302, headers: { location: "https://elsewhere.example.com/" } });
    const error = await thrown(client().refreshToken(ending(6 * DAY)));
    expect(error).toMatchObject({ code: "REDIRECT_REFUSED" });
  });
});

describe("an exchange with the client's credentials (Facebook)", () => {
  const definition = {
    method: "POST",
    grantType: "fb_exchange_token",
    tokenParameter: "fb_exchange_token",
    clientCredentials: true,
  } as const;

  it("sends them in the body of a POST", async () => {
    let form: Record<string, string> = {};
    exchange = ({ body }) => {
      form = Object.fromEntries(new URLSearchParams(body));
      return { body: { access_token: "at-2", expires_in: LIFE } };
    };
    await client(definition).refreshToken(ending(6 * DAY));
    expect(form).toEqual({
      grant_type: "fb_exchange_token",
      fb_exchange_token: "at-old",
      client_id: "client-id",
      client_secret: "client-secret-canary",
    });
    expect(exchanges()[0]?.url).toBe("/exchange");
  });

  it("is not tried by a client without a secret", async () => {
    const { provider } = client(definition);
    const publicClient = new OAuth2Client(provider, { clientId: "client-id", clock });
    await publicClient.session(ending(6 * DAY)).get("/me");
    const error = await thrown(publicClient.refreshToken(ending(6 * DAY)));
    expect(error).toMatchObject({ code: "REFRESH_TOKEN_MISSING" });
    expect(exchanges()).toHaveLength(0);
  });
});

it("the hooks of a refresh see the exchange, and its grant's name", async () => {
  const seen: string[] = [];
  const by = client(
    {},
    {
      hooks: {
        tokenRequest: () => void seen.push("tokenRequest"),
        refreshRequest: ({ url, method }, { grant }) =>
          void seen.push(`${method} ${url.slice(example.origin.length)} ${grant}`),
        refreshResponse: (response) => ({ ...response, body: { ...response.body, extra: 1 } }),
      },
    },
  );
  const next = await by.refreshToken(ending(6 * DAY));
  expect(seen).toEqual(["GET /exchange xx_refresh_token"]);
  expect(next.raw["extra"]).toBe(1);
});

it("the URL of an exchange may be a path of the API, and is replaced with the other endpoints", async () => {
  const token = ending(6 * DAY);
  example.server.answer = strictExchange;
  const inApi = client({ endpoint: "/refresh" });
  await inApi.refreshToken(token);
  const { endpoints, name } = inApi.provider;
  const endpoint = "https://real.example.com/x";
  const renew = { endpoint, grantType: "a", tokenParameter: "b" };
  const real = { name, endpoints: { token: endpoints.token }, renew };
  // Without it, a test's tokens would go to the real provider.
  const { token: url } = endpoints;
  expect(() => defineProvider(real, { token: url })).toThrow("endpoints.renew is missing");
  const replaced = defineProvider(real, { token: url, renew: `${example.origin}/replaced` });
  example.server.answer = () => ({ body: { access_token: "at-3" } });
  await new OAuth2Client(replaced, { clientId: "client-id", clock }).refreshToken(token);
  const paths = example.server.requests.map(({ url: sent }) => sent.split("?")[0]);
  expect(paths).toEqual(["/api/refresh", "/replaced"]);
});

it.each<[string, object, string]>([
  ["a path without an API", { endpoint: "/x" }, "renew.endpoint must be absolute"],
  [
    "an endpoint without https",
    { endpoint: "http://a.example.com/x" },
    "renew.endpoint must use https",
  ],
  ["another method", { method: "PUT" }, 'renew.method must be "GET" or "POST"'],
  ["no grant type", { grantType: "" }, "renew.grantType must be"],
  ["no parameter", { tokenParameter: undefined }, "renew.tokenParameter must be"],
  ["a parameter of its own", { tokenParameter: "grant_type" }, "renew.tokenParameter must be"],
  ["a negative time", { ahead: -1 }, "renew.ahead must be a number of seconds"],
  ["an unknown field", { body: {} }, "renew.body is not an option"],
])("a definition of an exchange with %s is refused", (_name, changes, problem) => {
  const define = () =>
    defineProvider({
      name: "odd",
      endpoints: { token: "https://id.example.com/token" },
      renew: {
        endpoint: "https://id.example.com/exchange",
        grantType: "a",
        tokenParameter: "b",
        ...changes,
      },
    });
  expect(define).toThrow(problem);
});
