import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  OAuth2Client,
  type ProviderDefinition,
  type Token,
  type TokenRecord,
} from "@grantkit/core";
import { expectNoCanary } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { type Answer, LoopbackServer, type ReceivedRequest } from "./support/loopback-server.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { WatchedStore } from "./support/watched-store.ts";

type Revoke = NonNullable<ProviderDefinition["revoke"]>;

const key = "user-1";
const SECRET = "client-secret-canary";
const running = closedAfterAll();
let example: ExampleProvider;
let clock: FakeClock;
let store: WatchedStore;
/** What the API answers to requests that revoke. */
let answer: (request: ReceivedRequest) => Answer | "cut";

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  store = new WatchedStore({ clock });
  answer = () => ({ status: 204 });
  // In front of the API's own check of the token: some of these requests have none.
  const usual = example.server.answer;
  example.server.answer = (request, response) =>
    request.url.startsWith("/api/apps") ? answer(request) : usual(request, response);
  example.api = (request) => (request.url === "/api/permissions" ? answer(request) : { body: {} });
});

const client = (revoke: Revoke | undefined, options: object = {}) =>
  example.client({ clock, retries: false, ...options }, revoke && { revoke });
const expiring = (seconds: number, changes: Partial<TokenRecord> = {}): Token =>
  example.expiring(clock, seconds, { refreshToken: undefined, ...changes });

/** With the user's token, as one provider's permissions are removed. */
const withToken: Revoke = async (api) => {
  await api.withToken({ method: "DELETE", url: "/permissions" });
};
/** With the client's credentials, as another provider's token is deleted. */
const withClient: Revoke = async (api, { accessToken }) => {
  await api.withClient({
    method: "DELETE",
    url: `/apps/${api.clientId}/token`,
    json: { access_token: accessToken },
    isGone: ({ status, body }) =>
      status === 404 && (body as { message?: string }).message === "gone",
  });
};

const sent = () =>
  example.server.requests
    .filter(({ url }) => url.startsWith("/api/"))
    .map(({ method, url, headers, body }) => [method, url, headers.authorization, body]);
const basic = `Basic ${Buffer.from(`client-id:${SECRET}`).toString("base64")}`;

describe.each([{}, { http: {} }])("session.revoke() by the definition, with %j", (options) => {
  it("sends the user's token, ends the session and deletes the record", async () => {
    const by = client(withToken, options);
    const session = await by.storedSession({ store, key, token: expiring(3000) });
    const other = by.session(session.token);
    expect(await session.revoke()).toEqual({ atProvider: true });
    expect(sent()).toEqual([["DELETE", "/api/permissions", "Bearer at-old", ""]]);
    expect(await store.accessToken(key)).toBeUndefined();
    for (const each of [session, other]) {
      expect(each.authorized).toBe(false);
      expect(await thrown(each.fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    }
  });

  it("authenticates the client, and sends the token in the body only", async () => {
    await client(withClient, options).session(expiring(3000)).revoke();
    expect(sent()).toEqual([
      ["DELETE", "/api/apps/client-id/token", basic, '{"access_token":"at-old"}'],
    ]);
  });

  it("throws what the provider answers, and another call tries again", async () => {
    answer = () => ({ status: 503, body: { message: `down for at-old and ${SECRET}` } });
    const session = await client(withClient, options).storedSession({
      store,
      key,
      token: expiring(3000),
    });
    const error = await thrown(session.revoke());
    expect(error).toMatchObject({ code: "SERVER_ERROR", retryable: true, status: 503 });
    expectNoCanary(error, "at-old");
    expect(session.authorized).toBe(false);
    expect(await store.accessToken(key)).toBeUndefined();
    answer = () => "cut";
    expect(await thrown(session.revoke())).toMatchObject({
      code: "NETWORK_ERROR",
      retryable: true,
    });
    answer = () => ({ status: 204 });
    await session.revoke();
    expect(sent()).toHaveLength(3);
  });

  it("follows no redirect", async () => {
    const elsewhere = await running(LoopbackServer.start());
    answer = () => ({ status: 307, headers: { location: `${elsewhere.origin}/x` } });
    for (const revoke of [withToken, withClient]) {
      const error = await thrown(client(revoke, options).session(expiring(3000)).revoke());
      expect(error).toMatchObject({ code: "REDIRECT_REFUSED" });
    }
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("the user's token in a revocation", () => {
  it("goes to no other origin than the API's, even if the definition says so", async () => {
    const elsewhere = await running(LoopbackServer.start());
    const revoke: Revoke = async (api) => {
      await api.withToken({ method: "POST", url: `${elsewhere.origin}/revoke` });
    };
    const session = client(revoke).session(expiring(3000), { allowedOrigins: [elsewhere.origin] });
    expect(await thrown(session.revoke())).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    expect(elsewhere.requests).toEqual([]);
  });

  it("that has ended is no error: the goal is reached (RFC 7009 §2.2)", async () => {
    example.accepted.clear();
    await client(withToken).session(expiring(3000)).revoke();
    example.accepted.clear();
    await client(withToken)
      .session(expiring(-1, { accessToken: "at-2" }))
      .revoke();
    answer = () => ({ status: 400, body: { error: "invalid_token" } });
    await client(withToken)
      .session(expiring(3000, { accessToken: "at-3" }))
      .revoke();
    expect(sent().map(([, , authorization]) => authorization)).toEqual([
      "Bearer at-old",
      "Bearer at-3",
    ]);
  });

  it.each([
    ["has expired", -1],
    ["is refused", 3000],
  ])("that %s is refreshed first, or its refresh token would live on", async (_name, seconds) => {
    example.rotate("rt-old");
    const old = expiring(seconds, { refreshToken: "rt-old" });
    example.accepted.clear();
    await client(withToken).session(old).revoke();
    expect(example.tokenRequests).toHaveLength(1);
    expect(sent().at(-1)?.[2]).toBe("Bearer at-rotated-1");
  });

  it("is not refreshed with a rotated refresh token when the call is repeated", async () => {
    example.rotate("rt-old");
    const session = client(withToken).session(expiring(-1, { refreshToken: "rt-old" }));
    answer = () => ({ status: 500 });
    expect(await thrown(session.revoke())).toMatchObject({ code: "SERVER_ERROR" });
    answer = () => ({ status: 200, body: { success: true } });
    await session.revoke();
    expect(example.tokenRequests).toHaveLength(1);
    expect(sent().map(([, , authorization]) => authorization)).toEqual([
      "Bearer at-rotated-1",
      "Bearer at-rotated-1",
    ]);
  });

  it("whose refresh token is refused has ended altogether", async () => {
    example.rotate("another");
    await client(withToken)
      .session(expiring(-1, { refreshToken: "rt-old" }))
      .revoke();
    expect(sent()).toEqual([]);
  });
});

describe("the client's credentials in a revocation", () => {
  it("go to the API and the token endpoint, and to no other origin", async () => {
    const elsewhere = await running(LoopbackServer.start());
    const by = (url: string) =>
      client(async (api) => {
        await api.withClient({ method: "POST", url, form: { a: "b" } });
      });
    example.server.answer = () => ({ status: 200 });
    await by(`${example.origin}/token/revoke`).revokeToken("at-1");
    const error = await thrown(by(`${elsewhere.origin}/revoke`).revokeToken("at-1"));
    expect(error).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    expect(elsewhere.requests).toEqual([]);
    const wildcard = example.client(
      { clock },
      {
        api: {
          baseUrl: `${example.origin}/api`,
          origins: ["https://*.example.com", elsewhere.origin],
        },
        revoke: async (api) => {
          await api.withClient({ method: "POST", url: elsewhere.origin });
        },
      },
    );
    expect(await thrown(wildcard.revokeToken("at-1"))).toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    expect(elsewhere.requests).toEqual([]);
  });

  it.each([
    ["basic", "a%2Bb%3A%2F"],
    ["basicRaw", "a+b:/"],
    ["post", "a+b:/"],
  ] as const)("are encoded as the OAuth endpoints want it: %s", async (way, encoded) => {
    const secret = { clientSecret: "a+b:/", clientAuthentication: way };
    await client(withClient, secret).revokeToken("at-1");
    const credentials = Buffer.from(`client-id:${encoded}`).toString("base64");
    expect(sent()[0]?.[2]).toBe(`Basic ${credentials}`);
  });

  it.each([
    ["form", "client_key=client-id&client_secret=client-secret-canary&token=at-1"],
    ["json", '{"client_key":"client-id","client_secret":"client-secret-canary","token":"at-1"}'],
  ] as const)("can be fields of a %s, by the provider's names (TikTok)", async (kind, body) => {
    const by = client(async (api, { accessToken }) => {
      await api.withClient({
        method: "POST",
        url: "/apps/revoke",
        [kind]: { token: accessToken },
        credentials: { id: "client_key", secret: "client_secret" },
      });
    });
    await by.revokeToken("at-1");
    expect(sent()).toEqual([["POST", "/api/apps/revoke", undefined, body]]);
  });

  it("are missing from a public client, which is told so before anything is sent", async () => {
    const { provider } = client(withClient);
    const publicClient = new OAuth2Client(provider, { clientId: "client-id", clock });
    const error = await thrown(publicClient.revokeToken("at-1"));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toContain("clientSecret");
    expect(example.server.requests).toEqual([]);
  });

  it("are in no error, and a wrong one is INVALID_CLIENT", async () => {
    answer = ({ headers }) => ({ status: 401, body: { message: headers.authorization } });
    const error = await thrown(client(withClient).revokeToken("at-1"));
    expect(error).toMatchObject({ code: "INVALID_CLIENT", status: 401, retryable: false });
    expectNoCanary(error, basic.slice("Basic ".length));
  });

  it("get an answer of the provider's that the definition knows to mean the same as success", async () => {
    answer = () => ({ status: 404, body: { message: "gone" } });
    await client(withClient).revokeToken("at-1");
    answer = () => ({ status: 404, body: { message: "no such page" } });
    expect(await thrown(client(withClient).revokeToken("at-1"))).toMatchObject({
      code: "API_REQUEST_FAILED",
      status: 404,
      message: expect.stringContaining("may still be valid"),
    });
  });
});

describe("client.revokeToken() by the definition", () => {
  it("takes a token or a text, and sessions of the client do not send it any longer", async () => {
    const by = client(withToken);
    const token = expiring(3000);
    await by.revokeToken(token);
    expect(await thrown(by.session(token).fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    example.accepted.add("at-2");
    await by.revokeToken("at-2");
    expect(sent().map(([, , authorization]) => authorization)).toEqual([
      "Bearer at-old",
      "Bearer at-2",
    ]);
  });

  it("refuses options that the provider's own way has no place for", async () => {
    for (const options of [{ hint: "access_token" as const }, { parameters: { a: "b" } }]) {
      const error = await thrown(client(withToken).revokeToken(expiring(3000), options));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
      expect(error.message).toMatch(/example revokes the whole token in its own way/);
    }
    expect(sent()).toEqual([]);
  });

  it("can be aborted", async () => {
    const error = await thrown(
      client(withToken).revokeToken(expiring(3000), { signal: AbortSignal.abort() }),
    );
    expect(error).toMatchObject({ code: "ABORTED" });
    expect(sent()).toEqual([]);
  });

  it("throws what the definition's function throws", async () => {
    const mine = new RangeError("mine");
    const by = client(() => Promise.reject(mine));
    await expect(by.revokeToken("at-1")).rejects.toBe(mine);
  });

  it("wins over a revocation endpoint", async () => {
    const by = example.client(
      { clock },
      {
        endpoints: { token: `${example.origin}/token`, revocation: `${example.origin}/revoke` },
        revoke: withToken,
      },
    );
    await by.revokeToken(expiring(3000));
    expect(example.server.received("/revoke")).toEqual([]);
  });
});

describe("a provider that has no way to revoke", () => {
  it("lets session.revoke() forget the token here and in the store, which says so", async () => {
    const session = await client(undefined).storedSession({ store, key, token: expiring(3000) });
    expect(await session.revoke()).toEqual({ atProvider: false });
    expect(session.authorized).toBe(false);
    expect(await store.accessToken(key)).toBeUndefined();
    expect(await thrown(session.fetch("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    expect(example.server.requests).toEqual([]);
  });

  it("makes client.revokeToken() throw, with what to do instead", async () => {
    const error = await thrown(client(undefined).revokeToken("at-1"));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(/no way to revoke.*session\.revoke\(\)/s);
  });
});

it("a revoke that is no function is refused", () => {
  const define = () =>
    defineProvider({
      name: "odd",
      endpoints: { token: "https://id.example.com/token" },
      revoke: "/revoke" as never,
    });
  expect(define).toThrow("revoke must be a function");
});
