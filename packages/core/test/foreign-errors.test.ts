import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Client, OAuthError, ProviderDefinition } from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import type { Answer } from "./support/loopback-server.ts";
import { callbackFor, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

const HTML = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});

afterEach(() => endpoint.close());

function client(definition: Partial<ProviderDefinition> = {}): OAuth2Client {
  const endpoints = endpoint.everyEndpoint;
  return endpoint.client({ endpoints, ...definition }, { retries: false });
}

/** The error of a sign-in that the token endpoint answers with an error. */
async function refusal(
  answer: Answer,
  definition: Partial<ProviderDefinition> = {},
): Promise<OAuthError> {
  endpoint.answer(answer);
  return (await rejectionOf(signIn(client(definition)))) as OAuthError;
}

describe("an error body that is not that of RFC 6749", () => {
  const explained = "The client is unknown here.";
  it.each<[string, unknown, object]>([
    ["a number and a message", { error: 7, message: explained }, { error: "7" }],
    ["a code and a message", { code: "app_unknown", message: explained }, { error: "app_unknown" }],
    ["an error_code", { error_code: 190, error_message: explained }, { error: "190" }],
    ["an errorCode", { errorCode: "E0000011", errorSummary: explained }, { error: "E0000011" }],
    ["an errcode", { errcode: 40029, errmsg: explained }, { error: "40029" }],
    ["an object", { error: { code: 190, message: explained } }, { error: "190" }],
    ["an object with a type", { error: { type: "Gone", message: explained } }, { error: "Gone" }],
    [
      "an object and a status beside it",
      { status: "error", error: { code: "app_unknown", message: explained } },
      { error: "app_unknown" },
    ],
    ["a list", { errors: [{ code: "app_unknown", message: explained }] }, { error: "app_unknown" }],
    ["a list of texts", { errors: [explained] }, { error: "status 400" }],
    ["a list that is the body", [{ errorCode: "OLD", message: explained }], { error: "OLD" }],
    [
      "a fault",
      { fault: { faultstring: explained, detail: { errorcode: "oauth.v2.Unknown" } } },
      { error: "oauth.v2.Unknown" },
    ],
    [
      "a problem (RFC 9457)",
      { type: "https://id.example.com/gone", title: "Gone", detail: explained, status: 400 },
      { error: "https://id.example.com/gone" },
    ],
    ["a status in words", { status: "denied", message: explained }, { error: "denied" }],
    ["a message alone", { message: explained }, { error: "status 400" }],
    ["a description alone", { error_description: explained }, { error: "status 400" }],
    ["a code that repeats the status", { code: 400, message: explained }, { error: "status 400" }],
    ["an error that is true", { error: true, message: explained }, { error: "status 400" }],
    ["an error that is null", { error: null, message: explained }, { error: "status 400" }],
  ])("sets error, errorDescription and details: %s", async (_what, body, expected) => {
    const error = await refusal({ status: 400, body });
    expect(error).toMatchObject({ status: 400, retryable: false, ...expected });
    expect(["PROVIDER_ERROR", "INVALID_REQUEST"]).toContain(error.code);
    expect(error.message).toContain(explained);
    expect(Object.values(error.details ?? {})).toContain(explained);
    expect(error.message).not.toContain("endpoints.token");
  });

  it("keeps every text, number and boolean in the details, under its path in the body", async () => {
    const { details } = await refusal({
      status: 400,
      body: {
        error: { code: 190, message: "Gone.", data: { trace: "t-1" } },
        errors: [{ field: "code" }, { field: "redirect_uri" }],
        fatal: true,
      },
    });
    expect(details).toEqual({
      "error.code": 190,
      "error.message": "Gone.",
      "error.data.trace": "t-1",
      "errors.0.field": "code",
      "errors.1.field": "redirect_uri",
      fatal: true,
    });
  });

  it("keeps a description that is a list or an object", async () => {
    const error = await refusal({
      status: 400,
      body: { error: "invalid_grant", error_description: { reason: "used", at: 7 } },
    });
    expect(error).toMatchObject({
      code: "INVALID_GRANT",
      details: { "error_description.reason": "used", "error_description.at": 7 },
    });
  });

  it.each<[string, unknown, string]>([
    ["in an object", { error: { code: "invalid_grant", message: "x" } }, "INVALID_GRANT"],
    ["under another name", { code: "invalid_scope", message: "x" }, "INVALID_SCOPE"],
    ["in capitals", { name: "INVALID_CLIENT" }, "INVALID_CLIENT"],
    ["in camel case", { error: "invalidGrant" }, "INVALID_GRANT"],
    ["as a text", { error: "Unauthorized client" }, "UNAUTHORIZED_CLIENT"],
  ])("is mapped when it has an error code of RFC 6749 %s", async (_where, body, code) => {
    expect(await refusal({ status: 400, body })).toMatchObject({ code, status: 400 });
  });

  it("is mapped by the provider's errorAliases too", async () => {
    const errorAliases = { "190": "invalid_grant" };
    const error = await refusal({ status: 400, body: { error: { code: 190 } } }, { errorAliases });
    expect(error).toMatchObject({ code: "INVALID_GRANT", error: "190" });
  });

  it.each<[string, unknown]>([
    ["an object", { error: { code: "app_unknown", message: "Unknown." } }],
    ["a list", { errors: [{ code: "app_unknown", message: "Unknown." }] }],
    ["a number", { error: 7, message: "Unknown." }],
  ])("is an error with status 200 too: %s", async (_what, body) => {
    const error = await refusal({ body });
    expect(error).toMatchObject({ code: "PROVIDER_ERROR", status: 200 });
    expect(error.message).toContain("Unknown.");
  });

  it.each<[string, object]>([
    ["an error of 0", { error: 0 }],
    ["an error that is null", { error: null, errors: [] }],
    ["an odd error object", { error: { code: 0 } }],
  ])("is not found in a token response with %s", async (_what, fields) => {
    endpoint.answer({
      body: { access_token: CANARY.accessToken, token_type: "Bearer", ...fields },
    });
    expect((await signIn(client())).accessToken).toBe(CANARY.accessToken);
  });
});

describe("when the body has no known error code, the status decides", () => {
  const bodies: [string, Answer][] = [
    ["no body", {}],
    ["a page", { headers: HTML, body: "<h1>No</h1>" }],
    ["a plain text", { headers: { "content-type": "text/plain" }, body: "no" }],
    ["a message", { body: { message: "No." } }],
    ["a number", { headers: JSON_TYPE, body: "42" }],
    ["an empty list", { body: [] }],
    ["half a JSON object", { headers: JSON_TYPE, body: '{"error":' }],
  ];
  const codes: [number, OAuthError["code"], boolean][] = [
    [400, "INVALID_REQUEST", false],
    [401, "INVALID_CLIENT", false],
    [403, "PROVIDER_ERROR", false],
    [408, "TEMPORARILY_UNAVAILABLE", true],
    [415, "PROVIDER_ERROR", false],
    [429, "RATE_LIMITED", true],
    [500, "SERVER_ERROR", true],
    [503, "SERVER_ERROR", true],
  ];
  for (const [what, answer] of bodies) {
    it.each(codes)(`status %d and ${what} is %s`, async (status, code, retryable) => {
      const error = await refusal({ ...answer, status });
      expect(error).toMatchObject({ code, status, retryable });
      expect(error.message).not.toContain("endpoints.token");
      expect(error.message).toContain(String(status));
    });
  }

  it("status 400 and a JSON object without text, number or boolean is TOKEN_RESPONSE_INVALID", async () => {
    const error = await refusal({ status: 400, body: { errors: [] } });
    expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID", status: 400 });
    expect(error.message).not.toContain("endpoints.token");
  });

  it.each([404, 405, 410])(
    "status %d without an error code means a wrong endpoint, which the message names",
    async (status) => {
      for (const [, answer] of bodies) {
        const error = await refusal({ ...answer, status });
        expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID", status });
        expect(error.message).toContain("Check endpoints.token.");
      }
    },
  );

  it("status 404 with an error code of the provider is PROVIDER_ERROR", async () => {
    const error = await refusal({ status: 404, body: { code: "no_such_app" } });
    expect(error).toMatchObject({ code: "PROVIDER_ERROR", error: "no_such_app" });
    expect(error.message).not.toContain("endpoints.token");
  });

  it.each<[string, (of: OAuth2Client) => Promise<unknown>]>([
    ["the revocation endpoint", (of) => of.revokeToken(CANARY.accessToken)],
    ["the introspection endpoint", (of) => of.introspectToken(CANARY.accessToken)],
    ["the device authorization endpoint", (of) => of.fetchDeviceAuthorization()],
    ["the pushed authorization endpoint", (of) => of.authorizationRequest({ pushed: true })],
    [
      "the token endpoint, of a refresh",
      (of) => of.refreshToken({ accessToken: "a", refreshToken: "r" }),
    ],
    ["the token endpoint, of the app itself", (of) => of.fetchClientCredentialsToken()],
  ])("status 401 is INVALID_CLIENT at %s", async (_name, call) => {
    for (const body of [undefined, { status: 401, error: "Unauthorized", message: "No." }, "<p>"]) {
      endpoint.answer({ status: 401, body });
      const error = (await rejectionOf(call(client()))) as OAuthError;
      expect(error).toMatchObject({ code: "INVALID_CLIENT", status: 401 });
      expect(error.message).toContain("clientSecret");
    }
  });

  it("status 401 with invalid_token is not INVALID_CLIENT", async () => {
    expect(await refusal({ status: 401, body: { error: "invalid_grant" } })).toMatchObject({
      code: "INVALID_GRANT",
    });
    expect(await refusal({ status: 401, body: { error: "invalid_token" } })).toMatchObject({
      code: "PROVIDER_ERROR",
    });
  });
});

describe("an error shows no secret of the error response", () => {
  const fresh = "fresh-token-Rt5KqW9zLm";

  it.each<[string, object]>([
    ["under another name", { access_token: fresh, debug: fresh }],
    ["in a text", { refresh_token: fresh, error_description: `the token ${fresh} is unknown` }],
    ["in a nested object", { data: { id_token: fresh }, trace: { last: fresh } }],
    ["in the error's address", { token: fresh, error_uri: `https://x.example.com/?t=${fresh}` }],
    ["as the name of a field", { token: fresh, [fresh]: 1 }],
    ["in a list", { session_token: fresh, errors: [{ value: fresh }] }],
    ["as a cookie", { cookie: fresh, note: fresh }],
  ])("that it repeats %s", async (_where, fields) => {
    const bodies = [
      { error: "invalid_grant", ...fields },
      { message: "No.", ...fields },
    ];
    for (const body of bodies) {
      const error = await refusal({ status: 400, body });
      expectNoCanary(error, fresh);
      expect(error.status).toBe(400);
    }
  });

  it("that is a JSON Web Token, whatever its name", async () => {
    const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl";
    const error = await refusal({
      status: 400,
      body: { error: "invalid_grant", hint: jwt, error_description: `got ${jwt}.` },
    });
    expectNoCanary(error, jwt);
    expect(error.errorDescription).toBe("got [redacted].");
  });

  it("but keeps words that only look like a secret", async () => {
    const error = await refusal({
      status: 400,
      body: { error: "invalid_grant", token: "invalid", hint: "invalid code" },
    });
    expect(error).toMatchObject({ error: "invalid_grant", details: { hint: "invalid code" } });
  });

  it("in the callback", async () => {
    const of = client();
    const request = await of.authorizationRequest();
    const callback = new URLSearchParams({
      error: "access_denied",
      state: request.state,
      login_token: fresh,
      debug: fresh,
    });
    const error = await rejectionOf(of.fetchToken(callback, request));
    expect(error).toMatchObject({ code: "ACCESS_DENIED" });
    expectNoCanary(error, fresh);
  });

  it("in user info", async () => {
    endpoint.answer({ status: 400, body: { error: "no", access_token: fresh, debug: fresh } });
    const error = await rejectionOf(client().userInfo({ accessToken: CANARY.accessToken }));
    expect(error).toMatchObject({ code: "API_REQUEST_FAILED" });
    expectNoCanary(error, fresh);
  });
});

it("the credentials of the request are removed from the error of a success response without an access token", async () => {
  let credentials = "";
  endpoint.answer(({ headers }) => {
    credentials = String(headers["authorization"]).replace("Basic ", "");
    return { body: { error_message: `No client has ${credentials}.` } };
  });
  const error = (await rejectionOf(signIn(client({ clientAuthentication: "basic" })))) as Error;
  expect(credentials).not.toBe("undefined");
  expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
  expect(error.message).toContain("No client has");
  expectNoCanary(error, credentials);
});

it("bidirectional control characters are removed from an error", async () => {
  const text = "a\u202eb\u2066c\u2069d\u200fe\u061cf\u200eg";
  const error = await refusal({
    status: 400,
    body: { error: `x\u202ey`, error_description: text, hint: text, [`n\u202e`]: 1 },
  });
  expect(JSON.stringify(error) + error.message).not.toMatch(
    /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
  );
  expect(error.errorDescription).toBe("a b c d e f g");
});

it.each<[string, string]>([
  ["an error of RFC 6749", '{"error":"invalid_grant","__proto__":{"polluted":1},"hint":"x"}'],
  ["a foreign error", '{"error":{"code":7,"__proto__":{"polluted":1}},"hint":"x"}'],
  ["a list", '[{"code":7,"__proto__":"x","hint":"x"}]'],
])("an own __proto__ of %s is no part of the error", async (_what, body) => {
  const error = await refusal({ status: 400, headers: JSON_TYPE, body });
  expect(JSON.stringify(error)).not.toContain("__proto__");
  expect(JSON.stringify(error)).not.toContain("polluted");
  expect(Object.getPrototypeOf(error.details)).toBe(Object.prototype);
  expect(JSON.stringify(error)).toContain('"x"');
});

it("an own __proto__ in details of the provider's own readError, or of a callback, is no part of the error", async () => {
  const readError = () => ({
    error: "gone",
    details: JSON.parse('{"__proto__":"polluted","hint":"x"}') as Record<string, string>,
  });
  const own = await refusal({ status: 400, body: {} }, { readError });
  expect(Object.keys(own.details ?? {})).toEqual(["hint"]);
  const of = client();
  const request = await of.authorizationRequest();
  const callback = `/callback?error=access_denied&state=${request.state}&__proto__=polluted&hint=x`;
  const error = (await rejectionOf(of.fetchToken(callback, request))) as OAuthError;
  expect(Object.keys(error.details ?? {})).toEqual(["hint"]);
});

describe("a callback whose error is not in the parameter error", () => {
  async function refused(query: string): Promise<OAuthError> {
    const of = client();
    const request = await of.authorizationRequest();
    const callback = `/callback?${query}&state=${request.state}`;
    return (await rejectionOf(of.fetchToken(callback, request))) as OAuthError;
  }

  it.each<[string, string, object]>([
    ["error_code", "error_code=access_denied&error_message=No", { code: "ACCESS_DENIED" }],
    [
      "error_message",
      "error_message=Permissions+error",
      { code: "PROVIDER_ERROR", errorDescription: "Permissions error" },
    ],
    [
      "a numeric error_code",
      "error_code=1349048&error_message=URL+blocked",
      { code: "PROVIDER_ERROR", error: "1349048", errorDescription: "URL blocked" },
    ],
    [
      "error_reason",
      "error_code=200&error_message=Permissions+error&error_reason=user_denied",
      { code: "ACCESS_DENIED", errorDescription: "Permissions error" },
    ],
    ["errorCode", "errorCode=invalid_scope", { code: "INVALID_SCOPE" }],
    ["denied", "denied=1", { code: "ACCESS_DENIED", error: "denied" }],
    ["cancelled", "cancelled=true", { code: "ACCESS_DENIED", error: "cancelled" }],
    ["error_description alone", "error_description=Broken", { errorDescription: "Broken" }],
    ["errmsg", "errcode=10003&errmsg=bad+redirect", { error: "10003" }],
  ])("is the provider's error: %s", async (_name, query, expected) => {
    const error = await refused(query);
    expect(error).toMatchObject({ provider: "example", retryable: false, ...expected });
    expect(error.message).toContain("answered the authorization request");
    expect(endpoint.requests).toEqual([]);
  });

  it("does not show the request token that OAuth 1.0a sends as `denied`", async () => {
    expectNoCanary(await refused("denied=request-token-canary-1"), "request-token-canary-1");
  });

  it("is believed only with the right state", async () => {
    const of = client();
    const request = await of.authorizationRequest();
    for (const query of ["denied=1", "error_code=5&state=other"]) {
      const work = of.fetchToken(`/callback?${query}`, request);
      expect(await rejectionOf(work)).toMatchObject({ code: "STATE_MISMATCH" });
    }
  });

  it("is ignored when the callback also has a code", async () => {
    const of = client();
    const request = await of.authorizationRequest();
    const token = await of.fetchToken(`${callbackFor(request)}&error_code=0&errmsg=ok`, request);
    expect(token.accessToken).toBe(CANARY.accessToken);
  });
});
