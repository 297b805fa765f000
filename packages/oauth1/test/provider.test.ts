import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type OAuth1Emulator, startOAuth1 } from "@grantkit/emulator";
import {
  ConfigurationError,
  defineOAuth1Provider,
  discogs,
  flickr,
  type OAuth1Provider,
  type OAuth1ProviderDefinition,
  OAuth1Session,
  type PresetOptions,
  trello,
  tumblr,
  x,
} from "@grantkit/oauth1";

const PRESETS: readonly (readonly [string, (options?: PresetOptions) => OAuth1Provider])[] = [
  ["discogs", discogs],
  ["flickr", flickr],
  ["trello", trello],
  ["tumblr", tumblr],
  ["x", x],
];

const EXAMPLE: OAuth1ProviderDefinition = {
  name: "example",
  endpoints: {
    requestToken: "https://example.com/request",
    authorization: "https://example.com/authorize",
    accessToken: "https://example.com/access",
  },
  api: { baseUrl: "https://api.example.com/1" },
};

let emulator: OAuth1Emulator;

beforeAll(async () => {
  emulator = await startOAuth1();
});
afterAll(() => emulator.close());

describe.each(PRESETS)("the preset %s", (name, preset) => {
  it("is data: its endpoints and its API are https, at the provider", () => {
    const { api, endpoints, signatureMethod, signatureType } = preset();
    for (const url of [...Object.values(endpoints), api?.baseUrl, ...(api?.origins ?? [])]) {
      expect(new URL(String(url)).protocol).toBe("https:");
      expect(new URL(String(url)).hostname).toMatch(new RegExp(`(^|\\.)(${name}|twitter)\\.com$`));
    }
    expect([signatureMethod, signatureType]).toEqual(["HMAC-SHA1", "header"]);
  });

  it("signs a user in at an emulator by the signature methods of the preset", async () => {
    emulator.clearRequests();
    const provider = preset({ endpoints: emulator.endpoints });
    const session = new OAuth1Session({
      provider,
      clientKey: emulator.clientId,
      clientSecret: emulator.clientSecret,
      callbackUri: "http://127.0.0.1:9/callback",
    });
    await session.fetchRequestToken();
    session.parseAuthorizationResponse(await emulator.authorize(session.authorizationUrl()));
    await session.fetchAccessToken();
    expect((await session.get("/me")).status).toBe(200);
    const methods = emulator.requests
      .filter(({ path }) => path.endsWith("_token"))
      .map(({ method }) => method);
    const { requestToken = "POST", accessToken = "POST" } = provider.tokenRequestMethods ?? {};
    expect(methods).toEqual([requestToken, accessToken]);
  });
});

it("Discogs gets the app's name with every request, also for a token", async () => {
  emulator.clearRequests();
  const session = new OAuth1Session({
    provider: discogs({ endpoints: emulator.endpoints, userAgent: "my-app/1.0" }),
    clientKey: emulator.clientId,
    clientSecret: emulator.clientSecret,
    callbackUri: "oob",
  });
  await session.fetchRequestToken();
  const twoLegged = new OAuth1Session({
    provider: discogs({ endpoints: emulator.endpoints, userAgent: "my-app/1.0" }),
    clientKey: emulator.clientId,
    clientSecret: emulator.clientSecret,
  });
  await twoLegged.get("/echo");
  expect(emulator.requests.map(({ headers }) => headers["user-agent"])).toEqual([
    "my-app/1.0",
    "my-app/1.0",
  ]);
});

describe("defineOAuth1Provider", () => {
  it("has defaults, and is frozen", () => {
    const provider = defineOAuth1Provider(EXAMPLE);
    expect(provider).toMatchObject({ signatureMethod: "HMAC-SHA1", signatureType: "header" });
    expect(Object.isFrozen(provider)).toBe(true);
  });

  it("accepts other endpoints and another API, and drops the further origins of the real API", () => {
    const api = { baseUrl: "https://api.example.com", origins: ["https://up.example.com"] };
    const provider = defineOAuth1Provider(
      { ...EXAMPLE, api },
      { requestToken: "https://sso.corp.example/request", api: "https://api.corp.example" },
    );
    expect(provider.endpoints).toEqual({
      ...EXAMPLE.endpoints,
      requestToken: "https://sso.corp.example/request",
    });
    expect(provider.api).toEqual({ baseUrl: "https://api.corp.example", origins: [] });
  });

  it("says how requests are signed, unless the session overrides it", async () => {
    const { api, ...endpoints } = emulator.endpoints;
    const provider = defineOAuth1Provider({
      name: "example",
      endpoints,
      api: { baseUrl: api },
      signatureMethod: "PLAINTEXT",
      signatureType: "query",
    });
    const own = { provider, clientKey: emulator.clientId, clientSecret: emulator.clientSecret };
    await new OAuth1Session(own).get("/echo");
    expect(emulator.requests.at(-1)?.url).toContain("oauth_signature_method=PLAINTEXT");
    const otherwise = { signatureMethod: "HMAC-SHA256", signatureType: "header" } as const;
    await new OAuth1Session({ ...own, ...otherwise }).get("/echo");
    expect(emulator.requests.at(-1)?.headers["authorization"]).toContain(
      'oauth_signature_method="HMAC-SHA256"',
    );
  });

  it("lists all problems without showing a value", () => {
    const wrong = {
      name: "Ex Ample",
      endpoints: {
        requestToken: "http://example.com/request-canary",
        authorization: "nowhere",
        accessToken: "https://user:canary@example.com/",
        token: "https://example.com",
      },
      api: { baseUrl: "ftp://canary.example.com", origins: ["*"] },
      tokenRequestMethods: { requestToken: "PUT" },
      signatureMetod: "HMAC-SHA1",
    };
    let problem: unknown;
    try {
      defineOAuth1Provider(wrong as never);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ConfigurationError);
    expect((problem as ConfigurationError).problems).toEqual([
      "signatureMetod is not an option; did you mean signatureMethod?",
      expect.stringContaining("name must be"),
      expect.stringContaining("endpoints.token is not an option"),
      expect.stringContaining("endpoints.requestToken must use https"),
      expect.stringContaining("endpoints.authorization must be an absolute URL"),
      expect.stringContaining("endpoints.accessToken must have no user name"),
      expect.stringContaining("api.baseUrl must use https"),
      expect.stringContaining("api.origins[0]"),
      expect.stringContaining("tokenRequestMethods.requestToken"),
    ]);
    expect(String(problem)).not.toContain("canary");
  });

  it.each([undefined, null, "example", { name: "example" }, { ...EXAMPLE, endpoints: null }])(
    "refuses %p with a typed error",
    (definition) => {
      expect(() => defineOAuth1Provider(definition as never)).toThrow(ConfigurationError);
    },
  );

  it("is the only thing that a session accepts as provider", () => {
    const options = { clientKey: "key", clientSecret: "secret" };
    expect(() => new OAuth1Session({ ...options, provider: EXAMPLE as never })).toThrow(
      /provider must come from defineOAuth1Provider/,
    );
  });
});
