import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isOAuthError, type OAuth2Client, Token } from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { callbackFor, GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

// The credentials of RFC 6749's own examples.
const RFC = {
  options: { clientId: "s6BhdRkqt3", clientSecret: "7Fjfp0ZBr1KtDRbnfVdmIw" },
  basic: "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",
};

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});

afterEach(() => endpoint.close());

/** The fields of the token request by name, each with all its values. */
function fields(): [string, string][] {
  return [...new URLSearchParams(endpoint.requests[0]?.body)].toSorted(([a], [b]) =>
    a < b ? -1 : a > b ? 1 : 0,
  );
}

const PASSWORD = "A3ddj3w-canary-password";
const ASSERTION = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqd3QtaWRwIn0.J9l-ZhwPcanary";

/** Each grant, called in its simplest way. */
const GRANTS: readonly [string, (client: OAuth2Client) => Promise<unknown>][] = [
  [
    "authorization code",
    async (client) => {
      const request = await client.authorizationRequest();
      return client.fetchToken(callbackFor(request), request);
    },
  ],
  ["client credentials", (client) => client.fetchClientCredentialsToken()],
  ["password", (client) => client.fetchPasswordToken({ username: "johndoe", password: PASSWORD })],
  ["JWT bearer", (client) => client.fetchJwtBearerToken({ assertion: ASSERTION })],
  ["token exchange", (client) => client.exchangeToken({ subjectToken: CANARY.accessToken })],
  [
    "refresh",
    (client) =>
      client.refreshToken({ accessToken: CANARY.accessToken, refreshToken: CANARY.refreshToken }),
  ],
];

describe("the token request is the RFC's example", () => {
  const [form, json] = ["application/x-www-form-urlencoded", "application/json"];

  function expectForm(expected: readonly [string, string][]): void {
    expect(fields()).toEqual(expected);
    expect(endpoint.requests).toHaveLength(1);
    expect(endpoint.requests[0]).toMatchObject({ method: "POST", url: "/token" });
    const type = endpoint.requests[0]?.headers["content-type"];
    expect(type?.split(";")[0]).toBe(form);
    expect(endpoint.requests[0]?.headers.accept).toContain(json);
  }

  it("of RFC 6749 §4.4.2: client credentials", async () => {
    const client = endpoint.client(
      {},
      { ...RFC.options, clientSecret: "gX1fBat3bV", clientAuthentication: "basic" },
    );
    await client.fetchClientCredentialsToken();
    expectForm([["grant_type", "client_credentials"]]);
    expect(endpoint.requests[0]?.headers.authorization).toBe(RFC.basic);
  });

  it("of RFC 6749 §4.3.2: password", async () => {
    const client = endpoint.client(
      { defaultScope: [] },
      { ...RFC.options, clientSecret: "gX1fBat3bV", clientAuthentication: "basic" },
    );
    await client.fetchPasswordToken({ username: "johndoe", password: PASSWORD });
    expectForm([
      ["grant_type", "password"],
      ["password", PASSWORD],
      ["username", "johndoe"],
    ]);
    expect(endpoint.requests[0]?.headers.authorization).toBe(RFC.basic);
  });

  it("of RFC 6749 §2.3.1 and §6: credentials in the form, refresh", async () => {
    const client = endpoint.client({}, { ...RFC.options, clientAuthentication: "post" });
    await client.refreshToken({ accessToken: "old", refreshToken: "tGzv3JOkF0XG5Qx2TlKWIA" });
    expectForm([
      ["client_id", "s6BhdRkqt3"],
      ["client_secret", "7Fjfp0ZBr1KtDRbnfVdmIw"],
      ["grant_type", "refresh_token"],
      ["refresh_token", "tGzv3JOkF0XG5Qx2TlKWIA"],
    ]);
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
  });

  it("of RFC 6749 §4.1.3 with RFC 8707 §2.2: a code, for two APIs", async () => {
    const client = endpoint.client({}, { ...RFC.options, clientAuthentication: "post" });
    const request = await client.authorizationRequest({
      resource: ["https://cal.example.com/", "https://contacts.example.com/"],
    });
    expect(new URL(request.url).searchParams.getAll("resource")).toEqual([
      "https://cal.example.com/",
      "https://contacts.example.com/",
    ]);
    await client.fetchToken(callbackFor(request), request, {
      resource: ["https://cal.example.com/", "https://contacts.example.com/"],
    });
    expectForm([
      ["client_id", "s6BhdRkqt3"],
      ["client_secret", "7Fjfp0ZBr1KtDRbnfVdmIw"],
      ["code", CANARY.code],
      ["code_verifier", request.codeVerifier],
      ["grant_type", "authorization_code"],
      ["redirect_uri", "https://app.example.com/callback"],
      ["resource", "https://cal.example.com/"],
      ["resource", "https://contacts.example.com/"],
    ]);
  });

  it("of RFC 7523 §4: a ready assertion", async () => {
    const client = endpoint.client({}, { ...RFC.options, clientAuthentication: "basic" });
    await client.fetchJwtBearerToken({ assertion: ASSERTION });
    expectForm([
      ["assertion", ASSERTION],
      ["grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
    ]);
  });

  it("of RFC 8693 §2.3: token exchange", async () => {
    const client = endpoint.client({}, { ...RFC.options, clientAuthentication: "basic" });
    await client.exchangeToken({
      resource: "https://backend.example.com/api",
      subjectToken: "accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC",
    });
    expectForm([
      ["grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"],
      ["resource", "https://backend.example.com/api"],
      ["subject_token", "accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC"],
      ["subject_token_type", "urn:ietf:params:oauth:token-type:access_token"],
    ]);
  });

  it("with further fields under the provider's own names, repeated for a list", async () => {
    await endpoint
      .client()
      .fetchClientCredentialsToken({ parameters: { audience: ["a", "b"], tenant: "acme" } });
    expect(fields().filter(([name]) => /audience|tenant/.test(name))).toEqual([
      ["audience", "a"],
      ["audience", "b"],
      ["tenant", "acme"],
    ]);
  });
});

describe("the scope of a grant", () => {
  it("is the provider's default where a user signs in, and none for the app itself", async () => {
    const client = endpoint.client({ defaultScope: ["openid", "read"] });
    await client.fetchPasswordToken({ username: "u", password: PASSWORD });
    await client.fetchClientCredentialsToken();
    expect(endpoint.form(0)["scope"]).toBe("openid read");
    // Default scopes such as "openid" need a user; without a scope the server chooses (RFC 6749 §3.3).
    expect(endpoint.form(1)).not.toHaveProperty("scope");
  });

  it("is joined by the provider's own delimiter", async () => {
    const client = endpoint.client({ scopeDelimiter: "," });
    await client.fetchClientCredentialsToken({ scope: ["a", "b"] });
    expect(endpoint.form()["scope"]).toBe("a,b");
  });
});

describe.each(GRANTS)("%s", (grant, call) => {
  it.each([
    // RFC 6749 §5.2
    ["invalid_request", "INVALID_REQUEST"],
    ["invalid_client", "INVALID_CLIENT"],
    ["invalid_grant", "INVALID_GRANT"],
    ["unauthorized_client", "UNAUTHORIZED_CLIENT"],
    ["unsupported_grant_type", "UNSUPPORTED_GRANT_TYPE"],
    ["invalid_scope", "INVALID_SCOPE"],
    // RFC 8707 §2
    ["invalid_target", "INVALID_TARGET"],
    ["something_of_its_own", "PROVIDER_ERROR"],
  ])("fails with %s as %s", async (error, code) => {
    endpoint.answer(({ body, headers }) => ({
      status: 400,
      // Like servers in debug mode, which return everything that they were sent.
      body: { error, error_description: `${body} ${headers.authorization}`, hint: body },
    }));
    const failure = await rejectionOf(call(endpoint.client()));
    expect(failure).toMatchObject({ code, error, status: 400 });
    expectNoCanary(failure, PASSWORD, ASSERTION);
  });

  it.each([
    [503, "SERVER_ERROR", true],
    [429, "RATE_LIMITED", true],
    [302, "REDIRECT_REFUSED", false],
  ])("fails with the status %d as %s", async (status, code, retryable) => {
    endpoint.answer({ status, headers: { location: "/elsewhere", "retry-after": "7" } });
    const failure = await rejectionOf(call(endpoint.client({}, { retries: false })));
    expect(failure).toMatchObject({ code, status, retryable, retryAfter: 7 });
    expect(endpoint.server.requests).toHaveLength(1);
  });

  it.each([
    ["no token", {}],
    ["a number", { access_token: 7 }],
    ["a token that breaks lines", { access_token: `${CANARY.accessToken}\r\nX: y` }],
    ["a kind of token that nobody can use", { ...GOOD, token_type: "mac" }],
    ["a token that is none", { ...GOOD, token_type: "N_A" }],
  ])("refuses %s", async (_what, body) => {
    if (_what === "a token that is none" && grant === "token exchange") return;
    endpoint.answer({ body });
    expect(await rejectionOf(call(endpoint.client()))).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
    });
  });

  it("is sent once without retries when its connection breaks, except for a refresh, which is sent twice", async () => {
    endpoint.answer("cut");
    const failure = await rejectionOf(call(endpoint.client({}, { retries: false })));
    expect(failure).toMatchObject({ code: "NETWORK_ERROR" });
    // The server may have rotated the refresh token: see refresh-faults.test.ts.
    expect(endpoint.requests).toHaveLength(grant === "refresh" ? 2 : 1);
  });
});

describe("what to do next", () => {
  it.each([
    ["password", /user name and password/],
    ["JWT bearer", /assertion/],
    ["token exchange", /subject token/],
  ])("after INVALID_GRANT depends on the grant: %s", async (name, advice) => {
    endpoint.answer({ status: 400, body: { error: "invalid_grant" } });
    const call = GRANTS.find(([grant]) => grant === name)?.[1];
    const error = await rejectionOf(call?.(endpoint.client()) ?? Promise.resolve());
    expect(isOAuthError(error) && error.message).toMatch(advice);
    expect(isOAuthError(error) && error.message).not.toMatch(/code or refresh token/);
  });
});

describe("bad options send nothing", () => {
  const token = Token.from({ accessToken: CANARY.accessToken });
  it.each<[string, (client: OAuth2Client) => Promise<unknown>, RegExp]>([
    [
      "a misspelled option",
      (client) => client.fetchClientCredentialsToken({ scopes: ["a"] } as never),
      /scopes is not an option; did you mean scope\?/,
    ],
    [
      "a misspelled option of one grant",
      (client) => client.exchangeToken({ subjectToken: token, actortoken: "x" } as never),
      /actortoken is not an option; did you mean actorToken\?/,
    ],
    [
      "a scope that is a string",
      (client) => client.fetchClientCredentialsToken({ scope: "a b" as never }),
      /scope must be an array/,
    ],
    [
      "a scope with a space",
      (client) => client.fetchDeviceAuthorization({ scope: ["a b"] }),
      /scope\[0\]/,
    ],
    [
      "a resource that is no absolute URI",
      (client) => client.fetchClientCredentialsToken({ resource: "/api" }),
      /RFC 8707/,
    ],
    [
      "a resource with a fragment",
      (client) => client.fetchClientCredentialsToken({ resource: ["https://a.example/#x"] }),
      /RFC 8707/,
    ],
    [
      "a parameter that the client sets",
      (client) => client.fetchClientCredentialsToken({ parameters: { grant_type: "x" } }),
      /parameters.grant_type/,
    ],
    [
      "a parameter that is no text: what is remembered for the renewal could not be read again",
      (client) =>
        client.fetchClientCredentialsToken({
          parameters: { force: true, days: 5, none: null },
        } as never),
      /parameters.force must be a string[^]*parameters.days must be a string[^]*parameters.none must be a string/,
    ],
    [
      "a controller for its signal",
      (client) => client.fetchClientCredentialsToken({ signal: new AbortController() } as never),
      /signal must be an AbortSignal/,
    ],
    [
      "a kind that is no name",
      (client) =>
        client.exchangeToken({ subjectToken: token, requestedTokenType: ["jwt"] as never }),
      /requestedTokenType must be/,
    ],
    [
      "parameters that are none",
      (client) => client.fetchDeviceAuthorization({ parameters: null } as never),
      /parameters must be an object/,
    ],
    [
      "a kind for a token that is set by an option",
      (client) =>
        client.exchangeToken({ subjectToken: token, parameters: { subject_token_type: "x" } }),
      /parameters.subject_token_type/,
    ],
    ["no password", (client) => client.fetchPasswordToken({ username: "u" } as never), /password/],
    ["no options at all", (client) => client.fetchPasswordToken(undefined as never), /username/],
    ["no subject token", (client) => client.exchangeToken({} as never), /subjectToken/],
    [
      "a kind of actor without an actor",
      (client) => client.exchangeToken({ subjectToken: token, actorTokenType: "jwt" }),
      /RFC 8693/,
    ],
    [
      "both an assertion and claims",
      (client) =>
        client.fetchJwtBearerToken({ assertion: ASSERTION, claims: {}, key: "x" } as never),
      /either/,
    ],
    [
      "an assertion that is none",
      (client) => client.fetchJwtBearerToken({ assertion: "no" }),
      /signed JWT/,
    ],
  ])("%s", async (_grant, call, problem) => {
    const error = await rejectionOf(call(endpoint.client()));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(isOAuthError(error) && error.message).toMatch(problem);
    expect(endpoint.server.requests).toEqual([]);
  });

  it("client credentials for a client without credentials", async () => {
    const { origin } = endpoint.server;
    const { OAuth2Client: Client, defineProvider } = await import("@grantkit/core");
    const client = new Client(
      defineProvider({ name: "example", endpoints: { token: `${origin}/token` } }),
      { clientId: "public" },
    );
    expect(await rejectionOf(client.fetchClientCredentialsToken())).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(endpoint.server.requests).toEqual([]);
  });
});

describe("an abort", () => {
  it.each(GRANTS.filter(([name]) => /client|password|JWT|exchange/.test(name)))(
    "ends a request that is under way: %s",
    async (name, _call) => {
      endpoint.answer("hang");
      const controller = new AbortController();
      const { signal } = controller;
      const client = endpoint.client();
      const calls: Record<string, () => Promise<Token>> = {
        "client credentials": () => client.fetchClientCredentialsToken({ signal }),
        password: () => client.fetchPasswordToken({ username: "u", password: PASSWORD, signal }),
        "JWT bearer": () => client.fetchJwtBearerToken({ assertion: ASSERTION, signal }),
        "token exchange": () => client.exchangeToken({ subjectToken: "t", signal }),
      };
      const token = calls[name]?.() as Promise<Token>;
      token.catch(() => undefined);
      while (endpoint.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      expect(await rejectionOf(token)).toMatchObject({ code: "ABORTED" });
    },
  );
});
