import { describe, expect, it } from "@jest/globals";
import { defineOAuth1Provider, OAuth1Session, type OAuth1SessionOptions } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { oauthIn, RecordingServer } from "./support/recording-server.ts";
import type { WireRequest } from "./support/wire-request.ts";

const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };

const server = await RecordingServer.startForFile();
const elsewhere = await RecordingServer.startForFile();

/** What a request to the internet is, without the internet. */
const toNowhere = { sent: [] as string[] };
const fakeFetch = ((url: string | URL) => {
  toNowhere.sent.push(String(url));
  return Promise.resolve(new Response("there"));
}) as typeof fetch;

function session(options: Partial<OAuth1SessionOptions> = {}, baseUrl?: string): OAuth1Session {
  const at = (path: string): string => `https://example.com/${path}`;
  const provider = defineOAuth1Provider({
    name: "example",
    endpoints: { requestToken: at("r"), authorization: at("a"), accessToken: at("t") },
    ...(baseUrl !== undefined && {
      api: { baseUrl, origins: ["https://uploads.example.com"], headers: { "X-App": "mine" } },
    }),
  });
  return new OAuth1Session({
    ...(baseUrl !== undefined && { provider }),
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    token: { key: CANARY.token, secret: SECRETS.tokenSecret },
    fetch: fakeFetch,
    ...options,
  });
}

/** By both ways in; the code that both are refused with. */
async function refusals(each: OAuth1Session, url: string): Promise<unknown[]> {
  toNowhere.sent.length = 0;
  const errors = [await errorOf(() => each.get(url)), await errorOf(() => each.fetch(url))];
  expect([toNowhere.sent, server.requests, elsewhere.requests]).toEqual([[], [], []]);
  return errors.map(({ code }) => code);
}

describe("with a provider's API", () => {
  it("relative URLs go to the API, signed, with its headers", async () => {
    const each = session({ fetch }, `${server.origin}/v1`);
    await each.get("/items?a=b");
    await each.fetch("items?a=b");
    const accepted = server.accepted(SECRETS);
    expect(accepted).toHaveLength(2);
    for (const { target, headers } of server.requests) {
      expect(target).toBe("/v1/items?a=b");
      expect(headers.map(([name, value]) => [name.toLowerCase(), value])).toContainEqual([
        "x-app",
        "mine",
      ]);
    }
  });

  it("requests to its further origins are signed", async () => {
    toNowhere.sent.length = 0;
    await session({}, "https://api.example.com/v1").fetch("https://uploads.example.com/x");
    expect(toNowhere.sent).toEqual(["https://uploads.example.com/x"]);
  });

  it.each([
    ["https://evil.example/", "ORIGIN_NOT_ALLOWED"],
    ["https://example.com/r", "ORIGIN_NOT_ALLOWED"],
    ["https://api.example.com.evil.example/", "ORIGIN_NOT_ALLOWED"],
    ["https://api.example.com:8443/", "ORIGIN_NOT_ALLOWED"],
    ["http://api.example.com/v1/items", "ORIGIN_NOT_ALLOWED"],
    ["//evil.example/", "URL_INVALID"],
    ["/../admin", "URL_INVALID"],
    ["\\\\evil.example/", "URL_INVALID"],
    ["https://api.example.com@evil.example/", "URL_INVALID"],
    ["https://user:pw@api.example.com/v1/", "URL_INVALID"],
    ["data:text/plain,x", "URL_INVALID"],
    ["file:///etc/passwd", "URL_INVALID"],
    ["/items?oauth_token=x", "TOKEN_IN_URL"],
    ["/items?oauth_signature=x", "TOKEN_IN_URL"],
    ["/items?a=b&oauth%5Fnonce=x", "TOKEN_IN_URL"],
    ["/items?oauth_verifier=x", "TOKEN_IN_URL"],
  ])("%s is refused before a socket opens", async (url, code) => {
    const codes = await refusals(session({}, "https://api.example.com/v1"), url);
    expect(codes).toEqual([code, code]);
  });

  it("allowedOrigins allows another origin, and withholdToken sends without a signature", async () => {
    const base = `${server.origin}/v1`;
    const allowed = session({ fetch, allowedOrigins: [elsewhere.origin] }, base);
    await allowed.get(`${elsewhere.origin}/a`);
    await allowed.fetch(`${elsewhere.origin}/b`);
    expect(elsewhere.accepted(SECRETS)).toHaveLength(2);
    elsewhere.begin();
    const closed = session({ fetch }, base);
    expect(await errorOf(() => closed.get(`${elsewhere.origin}/a`))).toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
    await closed.get(`${elsewhere.origin}/a`, { withholdToken: true });
    await closed.fetch(`${elsewhere.origin}/b`, { withholdToken: true });
    expect(elsewhere.requests.map(oauthIn)).toEqual([[], []]);
  });
});

describe("a Host header", () => {
  const headers = { Host: "Shop.Example:80" };
  const hosts = () =>
    server.requests.map(({ headers: sent }) => sent.find(([name]) => /^host$/i.test(name))?.[1]);

  it("is sent and signed in axios's shape", async () => {
    await session().get(`${server.origin}/a`, { headers });
    expect(hosts()).toEqual(["Shop.Example:80"]);
    expect(server.accepted(SECRETS)).toHaveLength(1);
  });

  it("is neither sent by the platform's fetch nor signed, and is passed to a custom fetch", async () => {
    await session({ fetch }).fetch(`${server.origin}/a`, { headers });
    expect(hosts()).toEqual([new URL(server.origin).host]);
    expect(server.accepted(SECRETS)).toHaveLength(1);
    let told: string | null = "";
    const own: typeof fetch = (_, init) => {
      told = new Headers(init?.headers).get("host");
      return Promise.resolve(new Response());
    };
    await session({ fetch: own }).fetch(`${server.origin}/a`, { headers });
    expect(told).toBe("Shop.Example:80");
  });
});

describe("without a provider", () => {
  it("requests to any https URL and to this machine are signed", async () => {
    const each = session({ fetch });
    await each.get(`${server.origin}/a`);
    await each.fetch(`${server.otherOrigin}/b`);
    expect(server.accepted(SECRETS)).toHaveLength(2);
    toNowhere.sent.length = 0;
    await session().fetch("https://shop.example/wp-json");
    expect(toNowhere.sent).toHaveLength(1);
  });

  it("plain http is refused, unless allowedOrigins names it", async () => {
    expect(await refusals(session(), "http://shop.example/wp-json")).toEqual([
      "ORIGIN_NOT_ALLOWED",
      "ORIGIN_NOT_ALLOWED",
    ]);
    await session({ allowedOrigins: ["http://shop.example"] }).fetch("http://shop.example/wp-json");
    expect(toNowhere.sent).toEqual(["http://shop.example/wp-json"]);
  });

  it("plain http to a name below localhost is refused", async () => {
    for (const url of ["http://api.localhost/me", "http://a.b.localhost:3000/me"]) {
      expect(await refusals(session(), url)).toEqual(["ORIGIN_NOT_ALLOWED", "ORIGIN_NOT_ALLOWED"]);
    }
  });

  it("the error names the option that would allow it, with and without a provider", async () => {
    for (const each of [session(), session({}, "https://api.example.com")]) {
      const error = await errorOf(() => each.get("http://shop.example/wp-json"));
      expect(error).toMatchObject({
        code: "ORIGIN_NOT_ALLOWED",
        message: expect.stringMatching(/plain http.*add the origin to allowedOrigins/),
      });
    }
  });

  it("with allowedOrigins only those are signed", async () => {
    const each = session({ allowedOrigins: ["https://api.example.com"] });
    const codes = await refusals(each, "https://evil.example/");
    expect(codes).toEqual(["ORIGIN_NOT_ALLOWED", "ORIGIN_NOT_ALLOWED"]);
  });

  it("a path with an encoded .. does not leave the base URL of the provider's API", async () => {
    const api = session({}, "https://api.example.com/1.1");
    for (const url of ["/..%2fadmin", "/a%2F..%2F..%2Fadmin", "/..%5cadmin", "/%252e%252e/admin"]) {
      expect(await refusals(api, url)).toEqual(["URL_INVALID", "URL_INVALID"]);
    }
  });

  it("allowedOrigins takes no wildcard", () => {
    for (const origin of ["https://*.com", "https://*.example.com", "http://*.shop.example"]) {
      expect(() => session({ allowedOrigins: [origin] })).toThrow(/allowedOrigins\[0\] must/);
    }
  });

  it("with allowAbsoluteUrls: false an absolute URL stays below baseURL", async () => {
    const config = { baseURL: `${server.origin}/api`, allowAbsoluteUrls: false };
    await session().get(`${server.otherOrigin}/x`, config);
    expect(server.requests.map(({ target }) => target)).toEqual([`/api/${server.otherOrigin}/x`]);
    expect(server.accepted(SECRETS)).toHaveLength(1);
  });

  it("a relative URL is refused", async () => {
    expect(await refusals(session(), "/items")).toEqual(["URL_INVALID", "URL_INVALID"]);
    const { message } = await errorOf(() => session().get("/items"));
    expect(message).toMatch(/is relative, and there is no provider with an api\.baseUrl/);
  });
});

describe("PLAINTEXT", () => {
  it("is sent over https and to this machine, and never over http, even if allowedOrigins names it", async () => {
    const plain = { signatureMethod: "PLAINTEXT" } as const;
    await session({ ...plain, fetch }).get(`${server.origin}/a`);
    const [accepted] = server.accepted(SECRETS);
    expect(accepted?.oauth.get("oauth_signature_method")).toBe("PLAINTEXT");
    server.begin();
    const named = session({ ...plain, allowedOrigins: ["http://shop.example"] });
    expect(await refusals(named, "http://shop.example/")).toEqual([
      "REQUEST_UNSIGNABLE",
      "REQUEST_UNSIGNABLE",
    ]);
    for (const host of ["shop.example", "shop.localhost", "localhost.", "[::ffff:127.0.0.1]"]) {
      const error = await errorOf(() => named.fetchRequestToken({ url: `http://${host}/token` }));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
  });
});

it("nothing in a request's config can replace the signature", async () => {
  const each = session({ fetch });
  await each.get(`${server.origin}/a`, { auth: { username: "u", password: CANARY.data } });
  await each.get(`${server.origin}/a`, { headers: { Authorization: `Basic ${CANARY.data}` } });
  await each.fetch(`${server.origin}/a`, { headers: { authorization: "Basic x" } });
  expect(server.accepted(SECRETS).map(({ placement }) => placement)).toEqual(
    Array(3).fill("header"),
  );
  const [first] = server.requests as [WireRequest];
  expect(oauthIn(first)).toContain("oauth_signature");
});
