import axios from "axios";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type OAuth2ClientOptions,
  type OAuth2Session,
  placeToken,
  type SessionOptions,
  Token,
  type TokenPlacement,
} from "@grantkit/core";
import { expectNoCanary } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { LoopbackServer, type ReceivedRequest } from "./support/loopback-server.ts";
import { thrown } from "./support/thrown.ts";

// As Shopify's Admin API wants it: the token alone, in a header of its own.
const HEADER = "x-shopify-access-token";
const SHOPIFY: TokenPlacement = { in: "header", name: "X-Shopify-Access-Token" };
const TOKEN = "at-shop-0001";

let shop: LoopbackServer;
let other: LoopbackServer;
let example: ExampleProvider;

beforeAll(async () => {
  shop = await LoopbackServer.start();
  other = await LoopbackServer.start(() => ({ body: {} }));
  example = await ExampleProvider.start();
});
beforeEach(() => {
  shop.requests.length = 0;
  other.requests.length = 0;
  shop.answer = (request) =>
    request.headers[HEADER] === TOKEN
      ? { body: { shop: "a" } }
      : { status: 401, body: { errors: "Invalid API key or access token" } };
});
afterAll(() => Promise.all([shop.close(), other.close(), example.close()]));

function session(
  options: Partial<OAuth2ClientOptions> = {},
  own: SessionOptions = {},
  tokenPlacement: TokenPlacement = SHOPIFY,
): OAuth2Session {
  const definition = { tokenPlacement, api: { baseUrl: `${shop.origin}/admin` } };
  return example.client(options, definition).session(Token.from({ accessToken: TOKEN }), own);
}

type Send = (of: OAuth2Session, url: string, init?: SentWith) => Promise<unknown>;
interface SentWith {
  readonly headers?: Record<string, string>;
  readonly withholdToken?: boolean;
}

/** Every way to send a request. */
const WAYS: [string, Send, Partial<OAuth2ClientOptions>?][] = [
  ["get", (of, url, init) => of.get(url, { ...init, validateStatus: null })],
  ["fetch", (of, url, init) => of.fetch(url, init)],
  [
    "axios()",
    async (of, url, init) => (await of.axios()).get(url, { ...init, validateStatus: null }),
  ],
  ["fetch through axios", (of, url, init) => of.fetch(url, init), { http: {} }],
];

const sent = (): ReceivedRequest["headers"] => shop.requests.at(-1)?.headers ?? {};

describe.each(WAYS)("a token in a header of its own, sent with %s", (_name, send, options) => {
  it("is there alone, in the place of the caller's header of that name and of Authorization", async () => {
    await send(session(options), "/shop.json");
    expect(sent()[HEADER]).toBe(TOKEN);
    expect(sent().authorization).toBeUndefined();
    const headers = { "x-SHOPIFY-access-token": "callers-own", Authorization: "Basic abc" };
    await send(session(options), "/shop.json", { headers });
    expect(sent()[HEADER]).toBe(TOKEN);
    expect(sent().authorization).toBeUndefined();
  });

  it("is withheld where the caller says so, whose own header then stays", async () => {
    await send(session(options), "/shop.json", { withholdToken: true });
    expect(sent()[HEADER]).toBeUndefined();
    const headers = { [HEADER]: "callers-own" };
    await send(session(options), "/shop.json", { withholdToken: true, headers });
    expect(sent()[HEADER]).toBe("callers-own");
  });

  it("does not follow a redirect to another origin, and neither does the caller's header", async () => {
    shop.answer = () => ({ status: 302, headers: { location: `${other.origin}/elsewhere` } });
    await send(session(options), "/shop.json");
    const headers = { [HEADER]: "callers-own" };
    await send(session(options), "/shop.json", { withholdToken: true, headers });
    expect(other.requests.map(({ headers: each }) => each[HEADER])).toEqual([undefined, undefined]);
  });

  it("follows a redirect within the origin", async () => {
    const { answer } = shop;
    shop.answer = (request, response) =>
      request.url === "/admin/old"
        ? { status: 302, headers: { location: "/admin/new" } }
        : answer(request, response);
    await send(session(options), "/old");
    expect(shop.requests.map(({ headers: each }) => each[HEADER])).toEqual([TOKEN, TOKEN]);
  });

  it("goes to no other origin", async () => {
    const error = await thrown(send(session(options), `${other.origin}/shop.json`));
    expect(error.code).toBe("ORIGIN_NOT_ALLOWED");
  });

  it("is in no error", async () => {
    shop.answer = ({ headers }) => ({
      status: 403,
      headers: { "x-echo": String(headers[HEADER]) },
      body: `no scope for ${String(headers[HEADER])}`,
    });
    const error = await thrown(session(options).get("/shop.json"));
    expectNoCanary(error, TOKEN);
    expect(String((error as { response?: { data?: unknown } }).response?.data)).toContain(
      "[redacted]",
    );
  });
});

describe("a token in a header of its own", () => {
  it.each<[TokenPlacement, string, string]>([
    [{ in: "header", name: "X-Token", scheme: "Token" }, "x-token", `Token ${TOKEN}`],
    [{ in: "header", name: "Authorization" }, "authorization", TOKEN],
    [{ in: "header", scheme: "OAuth" }, "authorization", `OAuth ${TOKEN}`],
    ["header", "authorization", `Bearer ${TOKEN}`],
  ])("has a scheme only where one is given: %j", async (placement, header, value) => {
    await session({}, {}, placement).get("/shop.json", { validateStatus: null });
    expect(sent()[header]).toBe(value);
  });

  it("can be chosen by a client, a session or a hook, and leaves the usual header empty", async () => {
    const another: TokenPlacement = { in: "header", name: "X-Other" };
    const headers = { [HEADER]: "callers-own" };
    for (const each of [
      session({ tokenPlacement: another }),
      session({}, { tokenPlacement: another }),
    ]) {
      await each.get("/shop.json", { validateStatus: null });
      expect([sent()["x-other"], sent()[HEADER]]).toEqual([TOKEN, undefined]);
    }
    const hooks = {
      protectedRequest: (request: { placement: unknown }) => ({
        ...(request as never as object),
        placement: another,
      }),
    };
    await session({ hooks: hooks as never }).get("/shop.json", { headers, validateStatus: null });
    expect([sent()["x-other"], sent()[HEADER]]).toEqual([TOKEN, undefined]);
  });

  it("is shown to hooks as it was chosen", async () => {
    const seen: unknown[] = [];
    const hooks = {
      protectedRequest: ({ placement }: { placement: unknown }) => void seen.push(placement),
    };
    await session({ hooks }).get("/shop.json");
    await session({ hooks }, {}, "header").get("/shop.json", { validateStatus: null });
    expect(seen).toEqual([SHOPIFY, { in: "header", scheme: "Bearer" }]);
    expect(shop.requests[0]?.headers[HEADER]).toBe(TOKEN);
  });

  it("is refused for a token that is bound to a key, whose place is Authorization (RFC 9449 §7.1)", async () => {
    const bound = Token.from({ accessToken: TOKEN, tokenType: "DPoP" });
    const definition = { tokenPlacement: SHOPIFY, api: { baseUrl: shop.origin } };
    const of = example.client({ dpop: true }, definition).session(bound);
    for (const work of [of.get("/shop.json"), of.fetch("/shop.json")]) {
      const error = await thrown(work);
      expect(error).toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("X-Shopify-Access-Token"),
      });
    }
    expect(shop.requests).toEqual([]);
  });

  it.each([
    "User-Agent",
    "accept",
    "Host",
    "content-type",
    "Cookie",
    "DPoP",
    "a b",
    "",
    "x\ny",
    "__proto__",
  ])("has no name that means something else: %j", (name) => {
    expect(() => session({}, {}, { in: "header", name })).toThrow(/tokenPlacement must be/);
  });

  it("is placed by placeToken() too", async () => {
    const given = { headers: { "X-SHOPIFY-ACCESS-TOKEN": "old", accept: "a/b" } };
    expect(placeToken(given, TOKEN, SHOPIFY).headers).toEqual({
      "X-Shopify-Access-Token": TOKEN,
      accept: "a/b",
    });
    const instance = placeToken(axios.create(), TOKEN, SHOPIFY);
    await instance.get(`${shop.origin}/shop.json`, given);
    expect(sent()[HEADER]).toBe(TOKEN);
  });
});
