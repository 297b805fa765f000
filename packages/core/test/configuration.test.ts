import { describe, expect, it } from "@jest/globals";
import {
  ConfigurationError,
  defineProvider,
  isOAuthError,
  OAuth2Client,
  type OAuth2ClientOptions,
  type ProviderDefinition,
} from "@grantkit/core";

const good: ProviderDefinition = {
  name: "example",
  endpoints: { authorization: "https://id.example.com/a", token: "https://id.example.com/t" },
};
const options: OAuth2ClientOptions = {
  clientId: "client-id",
  redirectUri: "https://app.example.com/callback",
};

function problemsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const clientProblems = (changes: object): readonly string[] =>
  problemsOf(() => new OAuth2Client(defineProvider(good), { ...options, ...changes }));
const providerProblems = (changes: object): readonly string[] =>
  problemsOf(() => defineProvider({ ...good, ...changes }));

describe("client options", () => {
  const bad: [string, object, RegExp][] = [
    ["no client id", { clientId: undefined }, /^clientId is missing/],
    ["an empty client id", { clientId: "" }, /^clientId is missing/],
    ["a client id with a space around it", { clientId: "id " }, /^clientId must be/],
    ["an empty secret", { clientSecret: "" }, /^clientSecret is empty/],
    ["a secret with a line break after it", { clientSecret: "s3cret\n" }, /^clientSecret must be/],
    ["no redirect URI", { redirectUri: undefined }, /^redirectUri is missing/],
    ["a relative redirect URI", { redirectUri: "/callback" }, /^redirectUri must be an absolute/],
    ["an http redirect URI", { redirectUri: "http://app.example.com/" }, /^redirectUri must use/],
    [
      "no scheme",
      { redirectUri: "localhost:3000/callback" },
      /did you mean http:\/\/localhost:3000/,
    ],
    [
      "an undefined secret",
      { clientSecret: undefined },
      /^clientSecret is undefined: .*leave the option out/,
    ],
    ["a name with more at its end", { fetcher: fetch }, /did you mean fetch\?/],
    ["a fragment", { redirectUri: "https://a.example/#x" }, /^redirectUri must have no fragment/],
    ["an unknown authentication", { clientAuthentication: "digest" }, /^clientAuthentication must/],
    ["basic without a secret", { clientAuthentication: "basic" }, /^clientSecret is missing/],
    ["an unknown placement", { tokenPlacement: "cookie" }, /^tokenPlacement must be/],
    ["a timeout of zero", { timeout: 0 }, /^timeout must be a number of milliseconds/],
    ["http that is a string", { http: "proxy" }, /^http must be axios/],
    [
      "a proxy that is a URL",
      { http: { proxy: "http://proxy:8080" } },
      /^http.proxy must be false/,
    ],
    ["a proxy without a host", { http: { proxy: { port: 8080 } } }, /^http.proxy must be false/],
    ["fetch that is no function", { fetch: {} }, /^fetch must be a function/],
    ["a clock that has no time", { clock: {} }, /^clock must have/],
    [
      "a misspelled option",
      { clientID: "x" },
      /^clientID is not an option; did you mean clientId\?/,
    ],
    ["a snake_case option", { redirect_uri: "x" }, /did you mean redirectUri\?/],
    ["another word for a callback", { callbackUrl: "x" }, /the options are .*redirectUri/],
    ["an option of OAuth 1.0a", { callbackUri: "x" }, /the options are .*redirectUri/],
    ["another word for an ID", { apiKey: "x" }, /^apiKey is not an option; .*clientId/],
    ["another word for a secret", { app_secret: "x" }, /the options are .*clientSecret/],
    ["scopes of a grant", { scopes: ["a"] }, /^scopes is not an option; the options are/],
    ["an option of a session", { onTokenUpdate() {} }, /^onTokenUpdate is not an option/],
    ["endpoints of a provider", { endpoints: {} }, /^endpoints is not an option/],
    ["what is made inside", { pkce: true }, /^pkce is not an option/],
    ["a name of every object", { toString: "x" }, /^toString is not an option; the options are/],
    [
      "an unknown hook",
      { hooks: { tokenReply() {} } },
      /^hooks\.tokenReply is not an option; .*tokenResponse/,
    ],
    ["a hook that is no function", { hooks: { tokenResponse: 1 } }, /^hooks\.tokenResponse must/],
  ];

  it.each(bad)("refuses %s", (_name, changes, message) => {
    const problems = clientProblems(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it("lists every problem in one error, the provider's with the client's", () => {
    const problems = problemsOf(
      () =>
        new OAuth2Client(() => defineProvider({ ...good, issuer: 1, name: "Example" } as never), {
          clientid: "x",
          redirectUri: undefined,
          timeout: -1,
        } as never),
    );
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "name",
      "issuer",
      "clientid",
      "clientId",
      "redirectUri",
      "timeout",
    ]);
  });

  it("never quotes a value, as it may be a secret in the wrong place", () => {
    const secret = "s3cret-canary";
    for (const name of [
      "clientId",
      "clientSecret",
      "redirectUri",
      "clientAuthentication",
      "http",
    ]) {
      expect(clientProblems({ [name]: ` ${secret} ` }).join()).not.toContain(secret);
    }
  });

  it("is an OAuthError with the code CONFIGURATION_INVALID", () => {
    try {
      // oxlint-disable-next-line no-new -- only the construction is of interest
      new OAuth2Client(defineProvider(good), {} as never);
      throw new Error("not reached");
    } catch (error) {
      expect(isOAuthError(error) && error.code).toBe("CONFIGURATION_INVALID");
      expect(error).toMatchObject({ name: "ConfigurationError", provider: "example" });
    }
  });

  it("accepts http for this machine, and a custom scheme for an app", () => {
    expect(clientProblems({ redirectUri: "http://127.0.0.1:8080/callback" })).toEqual([]);
    expect(clientProblems({ redirectUri: "http://localhost/callback" })).toEqual([]);
    expect(clientProblems({ redirectUri: "com.example.app:/callback" })).toEqual([]);
  });

  it("refuses a provider that did not come from defineProvider", () => {
    expect(problemsOf(() => new OAuth2Client(good as never, options))).toEqual([
      "provider must come from defineProvider({ … })",
    ]);
  });
});

describe("provider definitions", () => {
  const { endpoints } = good;
  const bad: [string, object, RegExp][] = [
    ["a name with a capital", { name: "Example" }, /^name must be a short name/],
    [
      "no token endpoint",
      { endpoints: { authorization: endpoints.authorization } },
      /^endpoints\.token is missing: pass an absolute/,
    ],
    [
      "an http endpoint",
      { endpoints: { ...endpoints, token: "http://id.example.com/t" } },
      /^endpoints\.token must use https/,
    ],
    [
      "a relative endpoint",
      { endpoints: { ...endpoints, jwks: "/keys" } },
      /^endpoints\.jwks must be an absolute/,
    ],
    [
      "a password in an endpoint",
      { endpoints: { ...endpoints, token: "https://u:p@id.example.com" } },
      /^endpoints\.token must have no user name/,
    ],
    [
      "an unknown endpoint",
      { endpoints: { ...endpoints, userinfo: "https://e.example" } },
      /did you mean endpoints\.userInfo\?/,
    ],
    ["an http API", { api: { baseUrl: "http://api.example.com" } }, /^api\.baseUrl must use https/],
    [
      "a misspelled field of the API",
      { api: { baseUrl: "https://a.example", origin: [] } },
      /did you mean api\.origins\?/,
    ],
    ["a scope list as a string", { defaultScope: "a b" }, /^defaultScope must be an array/],
    ["a scope with a space", { defaultScope: ["a b"] }, /^defaultScope\[0\] must be one scope/],
    ["another word for a field", { scopes: [] }, /^scopes is not .*the options are .*defaultScope/],
    ["an endpoint beside the others", { tokenUrl: "x" }, /^tokenUrl .*the options are .*endpoints/],
    ["an API's URL", { baseURL: "x" }, /^baseURL is not an option; the options are/],
    [
      "an emulator's API among the endpoints",
      { endpoints: { ...endpoints, api: "http://127.0.0.1:1/api" } },
      /^endpoints\.api is not an option; the options are authorization, token/,
    ],
    [
      "an emulator's issuer among the endpoints",
      { endpoints: { ...endpoints, issuer: "http://127.0.0.1:1" } },
      /^endpoints\.issuer is not an option/,
    ],
  ];

  it.each(bad)("refuses %s", (_name, changes, message) => {
    const problems = providerProblems(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it("refuses an emulator, or its origin, instead of the emulator's endpoints", () => {
    for (const misplaced of ["http://127.0.0.1:1", { endpoints: {} }, null]) {
      expect(problemsOf(() => defineProvider(good, misplaced as never))).toEqual([
        "endpoints must be an object of URLs: pass the `endpoints` of an emulator",
      ]);
    }
  });

  it("takes other endpoints and another API, and drops the further origins of the real API", () => {
    const provider = defineProvider(
      {
        ...good,
        issuer: "https://id.example.com",
        api: { baseUrl: "https://api.example.com", origins: ["https://up.example.com"] },
      },
      {
        issuer: "http://127.0.0.1:1",
        api: "http://127.0.0.1:1/api",
        token: "http://127.0.0.1:1/t",
        authorization: "https://id.example.com/other",
      },
    );
    expect(provider.issuer).toBe("http://127.0.0.1:1");
    expect(provider.endpoints).toEqual({
      ...endpoints,
      token: "http://127.0.0.1:1/t",
      authorization: "https://id.example.com/other",
    });
    expect(provider.api).toEqual({ baseUrl: "http://127.0.0.1:1/api", origins: [] });
  });
});

describe("a provider's API", () => {
  const endpoints = { authorization: "https://id.example/a", token: "https://id.example/t" };
  const define = (changes: object) => () =>
    new OAuth2Client(defineProvider({ name: "example", endpoints, ...changes }), {
      clientId: "id",
      redirectUri: "https://app.example/callback",
    });
  const api = (origins: unknown) => ({ api: { baseUrl: "https://api.example", origins } });

  it.each([
    ["api", { api: null }],
    ["api.origins", api("https://uploads.example")],
    ["api.origins[0]", api(["nonsense"])],
    ["api.origins[0]", api(["http://uploads.example"])],
    ["api.origins[0]", api(["https://uploads.example/path"])],
    ["api.origins[0]", api(["https://*.example.com:8443"])],
    ...[
      "https://*.com",
      "https://*.com/",
      "https://*..com",
      "https://*.com.",
      "https://*.example..com",
      "https://*.example.com.",
      "https://*..example.com",
      "https://*.",
      "https://*",
      "https://*/",
      "https://*.*",
      "https://*.*.com",
      "https://*.localhost",
      "http://*.example.com",
      "https://*.xn--p1ai",
      "https://*.127.0.0.1",
      "https://*.10.1",
      "https://*.[::1]",
      "https://*.co.uk",
      "https://*.com.au",
      "https://*.gov.br",
      "https://*.ac.jp",
      "https://*.or.at",
      "https://*.CO.UK",
      "https://*.c%6fm",
      "https://*example.com",
      "https://a.*.example.com",
      "https://user@*.example.com",
      "https://*.user@example.com",
      "https://*.example.com?",
      "https://*.example.com#",
      "https://*.example.com/path",
    ].map((origin): [string, object] => ["api.origins[0]", api([origin])]),
    ["scopeDelimiter", { scopeDelimiter: "" }],
  ])("is refused with a message about %s: %j", (name, changes) => {
    expect(define(changes)).toThrow(ConfigurationError);
    expect(define(changes)).toThrow(`- ${name} must`);
  });

  it("may have further origins, and all subdomains of one", () => {
    const origins = [
      "https://u.example",
      "https://u.example/",
      "https://*.example.com",
      "https://*.example.com/",
      "https://*.api.example.co.uk",
      "https://*.example.co.uk",
      "https://*.company.de",
    ];
    expect(define(api([...origins, "http://127.0.0.1:8080"]))).not.toThrow();
  });
});
