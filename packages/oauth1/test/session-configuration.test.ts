import { describe, expect, it } from "@jest/globals";
import {
  ConfigurationError,
  defineOAuth1Provider,
  discogs,
  flickr,
  OAuth1Session,
  type OAuth1SessionOptions,
  OAuth1Token,
  trello,
  tumblr,
  x,
} from "@grantkit/oauth1";
import { inspect } from "node:util";
import { CANARY, errorOf } from "./support/canaries.ts";
import { PRIVATE_PEM } from "./support/keys.ts";

const GOOD = { clientKey: "my-app", clientSecret: CANARY.clientSecret };
const TOKEN = { key: CANARY.token, secret: CANARY.tokenSecret };
const ENDPOINTS = {
  requestToken: "https://example.com/r",
  authorization: "https://example.com/a",
  accessToken: "https://example.com/t",
};

const BAD: [string, unknown, RegExp][] = [
  ["nothing", undefined, /object/],
  ["null", null, /object/],
  ["a text", "my-app", /object/],
  ["no key", { clientSecret: "s" }, /clientKey is missing/],
  ["an empty key", { ...GOOD, clientKey: "" }, /clientKey is missing/],
  ["a key with a line break", { ...GOOD, clientKey: "k\n" }, /clientKey must be a string without/],
  ["no secret", { clientKey: "k" }, /clientSecret is missing/],
  ["an empty secret", { ...GOOD, clientSecret: "" }, /clientSecret is empty/],
  ["an unknown method", { ...GOOD, signatureMethod: "HMAC-MD5" }, /signatureMethod must be/],
  ["an unknown placement", { ...GOOD, signatureType: "cookie" }, /signatureType must be/],
  ["RSA without a key", { clientKey: "k", signatureMethod: "RSA-SHA1" }, /privateKey is missing/],
  [
    "a key that is none",
    { clientKey: "k", signatureMethod: "RSA-SHA1", privateKey: "-----BEGIN" },
    /privateKey (?!is missing)/,
  ],
  ["a key for HMAC", { ...GOOD, privateKey: PRIVATE_PEM }, /privateKey is for RSA/],
  ["a callback without a scheme", { ...GOOD, callbackUri: "/cb" }, /callbackUri must be/],
  ["a realm of two lines", { ...GOOD, realm: "a\r\nX-Evil: 1" }, /realm must be/],
  ["two tokens", { ...GOOD, token: TOKEN, requestToken: TOKEN }, /one thing/],
  ["a secret without a token", { ...GOOD, resourceOwnerSecret: "s" }, /needs resourceOwnerKey/],
  ["a verifier before the callback", { ...GOOD, verifier: "v" }, /verifier comes with a callback/],
  ["a provider of one's own making", { ...GOOD, provider: { name: "x" } }, /defineOAuth1Provider/],
  ["a nonce", { ...GOOD, nonce: "n" }, /nonce/],
  ["a timestamp", { ...GOOD, timestamp: 5 }, /timestamp/],
  ["another word", { ...GOOD, consumerKey: "k" }, /consumerKey is not an option; .*clientKey/],
  ["an option of OAuth 2.0", { ...GOOD, redirectUri: "x" }, /the options are .*callbackUri/],
  [
    "the words of X",
    { ...GOOD, apiSecret: "s", accessToken: "t", accessTokenSecret: "u" },
    /apiSecret is not[^]*accessToken is not[^]*accessTokenSecret is not[^]*resourceOwnerKey/,
  ],
  ["endpoints of a provider", { ...GOOD, endpoints: {} }, /endpoints is not an option/],
  ["an API's URL", { ...GOOD, baseURL: "x" }, /baseURL is not an option/],
  ["a preset that was not called", { ...GOOD, provider: trello }, /provider is a function: call/],
  ["a token of a variable that is not set", { ...GOOD, token: undefined }, /token is undefined/],
  ["a token of a row without one", { ...GOOD, token: null }, /token is null/],
  ["a request token that is lost", { ...GOOD, requestToken: null }, /requestToken is null/],
  [
    "a key of a variable that is not set",
    { ...GOOD, resourceOwnerKey: undefined },
    /resourceOwnerKey is undefined/,
  ],
  ["origins that are a text", { ...GOOD, allowedOrigins: "https://a.example" }, /an array/],
  ["an origin with a path", { ...GOOD, allowedOrigins: ["https://a.example/b"] }, /\[0\]/],
  ["an origin that is no URL", { ...GOOD, allowedOrigins: ["https://a", "b"] }, /\[1\]/],
  ["retries below 0", { ...GOOD, retries: -1 }, /retries/],
  ["a timeout that is a text", { ...GOOD, timeout: "5" }, /timeout/],
  ["a saver that is none", { ...GOOD, onTokenUpdate: "save" }, /onTokenUpdate/],
  ["body hash both ways", { ...GOOD, bodyHash: false, forceIncludeBody: true }, /leave one/],
];

describe("bad options are refused when the session is created, each with a message of its own", () => {
  it.each(BAD)("%s", async (_, options, message) => {
    const error = await errorOf(() => new OAuth1Session(options as OAuth1SessionOptions));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(message);
  });

  it("no two messages are the same, save for those of what is no object", async () => {
    const messages = await Promise.all(
      BAD.slice(3).map(([, options]) =>
        errorOf(() => new OAuth1Session(options as OAuth1SessionOptions)),
      ),
    );
    const distinct = new Set(messages.map(({ message }) => message));
    // No key, and an empty one, are the same to an app.
    expect(distinct.size).toBe(BAD.length - 3 - 1);
  });

  it("all problems are in one error", async () => {
    const options = { clientKey: "", clientSecret: "", retries: 0.5, token: 5 };
    const error = await errorOf(() => new OAuth1Session(options as never));
    expect((error["problems"] as unknown[]).length).toBeGreaterThanOrEqual(3);
  });

  it("the error about an invalid stored token names the field, and not its value", async () => {
    const bad: [unknown, RegExp][] = [
      [{ key: "", secret: CANARY.tokenSecret }, /key must be/],
      [{ key: CANARY.token }, /secret must be a text/],
      [{ ...TOKEN, expiresAt: CANARY.data }, /expiresAt/],
      [{ ...TOKEN, expiresAt: 5 }, /expiresAt/],
      [{ ...TOKEN, sessionHandle: 5 }, /sessionHandle/],
      [{ ...TOKEN, parameters: { a: { b: CANARY.data } } }, /parameters/],
      ["a JSON text", /parse the JSON/],
      [Promise.resolve(TOKEN), /key must be/],
      [{ token: CANARY.token, secret: CANARY.tokenSecret }, /oauth_token_secret/],
      [{ accessToken: CANARY.token, accessTokenSecret: CANARY.tokenSecret }, /oauth_token_secret/],
    ];
    for (const [token, message] of bad) {
      const error = await errorOf(() => new OAuth1Session({ ...GOOD, token: token as never }));
      expect(error).toMatchObject({ code: "TOKEN_INVALID" });
      expect(error.message).toMatch(message);
    }
  });

  it("a token reply's own field names are accepted as a token", () => {
    const { key: oauth_token, secret: oauth_token_secret } = TOKEN;
    const wire = { oauth_token, oauth_token_secret, user_id: "7" };
    const session = new OAuth1Session({ ...GOOD, token: wire });
    expect(session.token).toEqual(OAuth1Token.from({ ...TOKEN, parameters: { user_id: "7" } }));
    expect(new OAuth1Session({ ...GOOD, requestToken: wire }).authorized).toBe(false);
  });

  it("a realm of one request, too", async () => {
    const session = new OAuth1Session(GOOD);
    for (const realm of ["a\r\nX-Evil: 1", "ü", 5, ["a", 5], ["a", "\n"]]) {
      const asking = () =>
        session.fetchRequestToken({ url: "https://example.com/", realm } as never);
      expect(await errorOf(asking)).toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringMatching(/realm must be/),
      });
    }
  });

  it.each<[object, RegExp]>([
    [{ callbackUri: "https://a.example/" }, /callbackUri is not an option/],
    [{ scope: CANARY.data }, /scope is not an option/],
    [{ verifier: CANARY.verifier }, /verifier is not an option/],
  ])("an option that a request for a request token has not: %p", async (options, message) => {
    const session = new OAuth1Session({ ...GOOD, callbackUri: "oob" });
    const error = await errorOf(() =>
      session.fetchRequestToken({ url: "https://example.com/", ...options }),
    );
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(message);
  });

  it.each(["https://example.com/", new URL("https://example.com/")])(
    "a URL where options belong: %p",
    async (url) => {
      const session = new OAuth1Session({ ...GOOD, requestToken: TOKEN, callbackUri: "oob" });
      const asked = [
        () => session.fetchRequestToken(url as object),
        () => session.authorizationUrl(url as object),
        () => session.fetchAccessToken(url as object),
      ];
      for (const ask of asked) {
        expect(await errorOf(ask)).toMatchObject({
          code: "CONFIGURATION_INVALID",
          message: expect.stringMatching(/pass the URL as \{ url \}/),
        });
      }
    },
  );

  it("a provider's parameter among the options of the authorization URL", async () => {
    const session = new OAuth1Session({ ...GOOD, requestToken: TOKEN });
    const options = { url: "https://example.com/", perms: "write" };
    expect(await errorOf(() => session.authorizationUrl(options))).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(/perms is not an option/),
    });
  });

  it("an option that a request for an access token has not", async () => {
    const session = new OAuth1Session({ ...GOOD, requestToken: TOKEN });
    const options = { oauth_verifier: CANARY.verifier };
    const error = await errorOf(() =>
      session.fetchAccessToken({ url: "https://example.com/", ...options }),
    );
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(/oauth_verifier is not an option; the options are .*verifier/);
  });

  it.each([
    [undefined, /requestTokenUrl is missing/],
    ["example.com", /requestTokenUrl/],
    ["http://example.com/", /requestTokenUrl/],
    ["ftp://example.com/", /requestTokenUrl/],
    ["https://example.com:99999/", /requestTokenUrl/],
  ])("a token URL that is %p", async (url, message) => {
    expect(
      await errorOf(() =>
        new OAuth1Session({ ...GOOD, callbackUri: "oob" }).fetchRequestToken({
          url: url as string,
        }),
      ),
    ).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(message),
    });
  });
});

describe("a provider's definition", () => {
  const good = { name: "example", endpoints: ENDPOINTS };

  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /object/],
    ["no endpoints", { name: "example" }, /endpoints\.requestToken/],
    ["no name", { endpoints: ENDPOINTS }, /name must be/],
    ["a name in capitals", { ...good, name: "Example Inc" }, /name must be/],
    [
      "plain http",
      { ...good, endpoints: { ...ENDPOINTS, accessToken: "http://example.com/" } },
      /endpoints\.accessToken/,
    ],
    [
      "an endpoint too many",
      { ...good, endpoints: { ...ENDPOINTS, token: "https://a.example" } },
      /endpoints\.token/,
    ],
    ["an API over http", { ...good, api: { baseUrl: "http://example.com" } }, /baseUrl/],
    [
      "another method",
      { ...good, tokenRequestMethods: { accessToken: "PUT" } },
      /tokenRequestMethods\.accessToken/,
    ],
    [
      "a method for another request",
      { ...good, tokenRequestMethods: { request_token: "GET" } },
      /request_token is not an option; did you mean tokenRequestMethods\.requestToken/,
    ],
    ["an unknown method", { ...good, signatureMethod: "NONE" }, /signatureMethod must be/],
    ["an unknown placement", { ...good, signatureType: "cookie" }, /signatureType must be/],
    ["a misspelled field", { ...good, endpoint: "x" }, /endpoint/],
    ["an API's URL", { ...good, baseUrl: "x" }, /baseUrl is not an option/],
    [
      "an endpoint beside the others",
      { ...good, requestTokenUrl: "x" },
      /requestTokenUrl is not an option/,
    ],
    [
      "an emulator's endpoints in the place of its own",
      { ...good, endpoints: { ...ENDPOINTS, api: "https://a.example" } },
      /endpoints\.api is not an option/,
    ],
  ])("%s", async (_, definition, message) => {
    const error = await errorOf(() => defineOAuth1Provider(definition as never));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(message);
  });

  it("its method and placement are the session's, unless that has its own", async () => {
    const provider = defineOAuth1Provider({ ...good, signatureMethod: "PLAINTEXT" });
    expect(provider).toMatchObject({ signatureMethod: "PLAINTEXT", signatureType: "header" });
    const session = () => new OAuth1Session({ ...GOOD, provider, privateKey: PRIVATE_PEM });
    expect(await errorOf(session)).toMatchObject({
      message: expect.stringMatching(/privateKey is for RSA/),
    });
    const own = { signatureMethod: "RSA-SHA1", privateKey: PRIVATE_PEM } as const;
    expect(new OAuth1Session({ ...GOOD, provider, ...own })).toBeTruthy();
  });

  it.each([x, trello, tumblr, flickr, discogs])("preset %p: https alone, and movable", (preset) => {
    const provider = preset();
    const urls = [...Object.values(provider.endpoints), provider.api?.baseUrl ?? ""];
    for (const url of urls) expect(url).toMatch(/^https:\/\//);
    const moved = preset({ endpoints: { api: "https://api.corp.example" } });
    // The real API's origins do not stay.
    expect(moved.api).toMatchObject({ baseUrl: "https://api.corp.example", origins: [] });
    expect(moved.endpoints).toEqual(provider.endpoints);
  });

  it.each([x, trello, tumblr, flickr, discogs])(
    "preset %p: endpoints in the place of its options do not mean the real ones",
    async (preset) => {
      expect(await errorOf(() => preset(ENDPOINTS as never))).toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringMatching(/takes options: pass \{ endpoints \}/),
      });
    },
  );
});

it("neither a session nor a token shows its secrets", () => {
  const token = OAuth1Token.from({ ...TOKEN, sessionHandle: CANARY.sessionHandle });
  const session = new OAuth1Session({ ...GOOD, token });
  const shown = [
    inspect(token),
    String(token),
    inspect({ session, token }, { depth: 10, showHidden: true }),
  ];
  shown.push(JSON.stringify(session));
  for (const secret of Object.values(CANARY)) expect(shown.join("\n")).not.toContain(secret);
  expect(OAuth1Token.from(JSON.parse(JSON.stringify(token)) as never)).toEqual(token);
});
