import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isOAuthError, type OAuth2Client, Token } from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import type { Answer } from "./support/loopback-server.ts";
import { TokenEndpoint } from "./support/token-endpoint.ts";
import { until } from "./support/turns.ts";

let endpoint: TokenEndpoint;
let client: OAuth2Client;

const WHOLE = Token.from({ accessToken: CANARY.accessToken, refreshToken: CANARY.refreshToken });

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  const { origin } = endpoint.server;
  client = endpoint.client({
    errorAliases: { "Invalid token": "invalid_token" },
    endpoints: {
      token: `${origin}/token`,
      revocation: `${origin}/revoke`,
      introspection: `${origin}/introspect`,
    },
  });
});

afterEach(() => endpoint.close());

const forms = (): Record<string, string>[] =>
  endpoint.server.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

const form = (): Record<string, string> | undefined => forms()[0];

/** The tokens of the revocation requests, in order. */
const revoked = () => forms().map(({ token }) => token);

const CREDENTIALS = { client_id: "client", client_secret: CANARY.clientSecret };

describe("a revocation", () => {
  it.each<[string, (token: Token) => Promise<void>, Record<string, string>[]]>([
    [
      "of a whole token is that of its refresh token, then of its access token",
      (token) => client.revokeToken(token),
      [
        { token: CANARY.refreshToken, token_type_hint: "refresh_token" },
        { token: CANARY.accessToken, token_type_hint: "access_token" },
      ],
    ],
    [
      "of a token without a refresh token is that of its access token",
      () => client.revokeToken(Token.from({ accessToken: CANARY.accessToken })),
      [{ token: CANARY.accessToken, token_type_hint: "access_token" }],
    ],
    [
      "of the half that is named",
      (token) => client.revokeToken(token, { hint: "access_token" }),
      [{ token: CANARY.accessToken, token_type_hint: "access_token" }],
    ],
    [
      "of a string says no more than is known",
      () => client.revokeToken("45ghiukldjahdnhzdauz"),
      [{ token: "45ghiukldjahdnhzdauz" }],
    ],
    [
      "is RFC 7009's example, with further fields",
      () =>
        client.revokeToken("45ghiukldjahdnhzdauz", {
          hint: "refresh_token",
          parameters: { tenant: "acme" },
        }),
      [{ token: "45ghiukldjahdnhzdauz", token_type_hint: "refresh_token", tenant: "acme" }],
    ],
    [
      "of a whole token has the further fields in both requests",
      (token) => client.revokeToken(token, { parameters: { tenant: "acme" } }),
      [
        { token: CANARY.refreshToken, token_type_hint: "refresh_token", tenant: "acme" },
        { token: CANARY.accessToken, token_type_hint: "access_token", tenant: "acme" },
      ],
    ],
  ])("%s", async (_name, call, expected) => {
    endpoint.answer({ status: 200 });
    await call(WHOLE);
    expect(forms()).toEqual(expected.map((fields) => ({ ...fields, ...CREDENTIALS })));
    for (const { method, url } of endpoint.server.requests) {
      expect({ method, url }).toEqual({ method: "POST", url: "/revoke" });
    }
  });

  it.each([
    ["200 and nothing", { status: 200 }],
    ["204", { status: 204 }],
    // The content of the body is ignored (RFC 7009 §2.2).
    ["200 and a page", { status: 200, headers: { "content-type": "text/html" }, body: "<p>ok" }],
    ["200 and JSON", { status: 200, body: { revoked: true } }],
  ])("succeeds with %s", async (_name, answer) => {
    endpoint.answer(answer);
    await expect(client.revokeToken(WHOLE)).resolves.toBeUndefined();
  });

  it.each([
    ["503", { status: 503, headers: { "retry-after": "30" } }, "SERVER_ERROR", true],
    ["invalid_client", { status: 401, body: { error: "invalid_client" } }, "INVALID_CLIENT", false],
    ["a redirect", { status: 307, headers: { location: "/token" } }, "REDIRECT_REFUSED", false],
    ["no error at all", { status: 404 }, "TOKEN_RESPONSE_INVALID", false],
  ])("fails with %s", async (_name, answer, code, retryable) => {
    endpoint.answer(answer);
    const error = await rejectionOf(client.revokeToken(WHOLE));
    expect(error).toMatchObject({ code, retryable });
    if (code === "SERVER_ERROR") expect(error).toMatchObject({ retryAfter: 30 });
    expect(endpoint.server.requests).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ["that its kind is not revoked", { status: 400, body: { error: "unsupported_token_type" } }],
    // RFC 7009 §2.2 says 200; Google, whose refresh token takes the access token with it, says this.
    ["that it has ended already", { status: 400, body: { error: "invalid_token" } }],
    ["that it has ended, in its own word", { status: 400, body: { error: "Invalid token" } }],
  ])("succeeds when the server says of the access token %s", async (_name, second) => {
    endpoint.answer(({ body }) => (body.includes("=refresh_token") ? { status: 200 } : second));
    await expect(client.revokeToken(WHOLE)).resolves.toBeUndefined();
    expect(revoked()).toEqual([CANARY.refreshToken, CANARY.accessToken]);
  });

  it("succeeds when the server says that the token has ended in a word of its own, which errorAliases has", async () => {
    endpoint.answer({ status: 400, body: { error: "no_such_token" } });
    const endpoints = endpoint.everyEndpoint;
    const aliased = endpoint.client({
      endpoints,
      errorAliases: { no_such_token: "invalid_token" },
    });
    await expect(aliased.revokeToken(WHOLE)).resolves.toBeUndefined();
    await expect(endpoint.client({ endpoints }).revokeToken(WHOLE)).rejects.toThrow(
      /no_such_token/,
    );
  });

  it.each<[string, Answer | "cut", object]>([
    [
      "503",
      { status: 503, headers: { "retry-after": "30" } },
      { code: "SERVER_ERROR", status: 503, retryable: true, retryAfter: 30 },
    ],
    ["a cut connection", "cut", { code: "NETWORK_ERROR", retryable: true }],
    [
      "invalid_request",
      { status: 400, body: { error: "invalid_request" } },
      { code: "INVALID_REQUEST", error: "invalid_request", retryable: false },
    ],
  ])(
    "that fails with %s after the first half reports that, and can be tried again",
    async (_name, second, error) => {
      endpoint.answer(({ body }) => (body.includes("=refresh_token") ? { status: 200 } : second));
      const thrown = await rejectionOf(client.revokeToken(WHOLE));
      expect(thrown).toMatchObject({ ...error, provider: "example" });
      expect((thrown as Error).message).toMatch(
        /^The refresh token is revoked, the access token is not/,
      );
      expectNoCanary(thrown);
      endpoint.answer(({ body }) =>
        body.includes("=refresh_token")
          ? { status: 400, body: { error: "invalid_token" } }
          : { status: 200 },
      );
      await client.revokeToken(WHOLE);
      expect(revoked()).toEqual(
        [...Array(2)].flatMap(() => [CANARY.refreshToken, CANARY.accessToken]),
      );
    },
  );

  it("of an access token alone fails when the server revokes none", async () => {
    endpoint.answer({ status: 400, body: { error: "unsupported_token_type" } });
    expect(await rejectionOf(client.revokeToken(WHOLE, { hint: "access_token" }))).toMatchObject({
      code: "UNSUPPORTED_TOKEN_TYPE",
      retryable: false,
    });
  });

  it("revokes the access token where the server revokes no refresh tokens, and then fails", async () => {
    endpoint.answer(({ body }) =>
      body.includes("=refresh_token")
        ? { status: 400, body: { error: "unsupported_token_type" } }
        : { status: 200 },
    );
    expect(await rejectionOf(client.revokeToken(WHOLE))).toMatchObject({
      code: "UNSUPPORTED_TOKEN_TYPE",
    });
    expect(revoked()).toEqual([CANARY.refreshToken, CANARY.accessToken]);
  });

  it("shows no secret even if the server echoes the request", async () => {
    endpoint.answer(({ body }) => ({
      status: 400,
      body: { error: "invalid_request", error_description: body, hint: body },
    }));
    expectNoCanary(await rejectionOf(client.revokeToken(WHOLE)));
  });

  it("can be aborted while it is under way", async () => {
    endpoint.answer("hang");
    const controller = new AbortController();
    const revocation = client.revokeToken(WHOLE, { signal: controller.signal });
    revocation.catch(() => undefined);
    await until(() => endpoint.server.requests.length > 0);
    controller.abort();
    expect(await rejectionOf(revocation)).toMatchObject({ code: "ABORTED" });
  });
});

describe("an introspection", () => {
  it("is RFC 7662's example", async () => {
    endpoint.answer({
      body: {
        active: true,
        client_id: "l238j323ds-23ij4",
        username: "jdoe",
        scope: "read write dolphin",
        sub: "Z5O3upPC88QrAjx00dis",
        aud: "https://protected.example.net/resource",
        iss: "https://server.example.com/",
        exp: 1419356238,
        iat: 1419350238,
        extension_field: "twenty-seven",
      },
    });
    expect(await client.introspectToken(WHOLE)).toEqual({
      active: true,
      clientId: "l238j323ds-23ij4",
      username: "jdoe",
      scope: ["read", "write", "dolphin"],
      subject: "Z5O3upPC88QrAjx00dis",
      audience: ["https://protected.example.net/resource"],
      issuer: "https://server.example.com/",
      expiresAt: new Date("2014-12-23T17:37:18Z"),
      issuedAt: new Date("2014-12-23T15:57:18Z"),
      raw: expect.objectContaining({ extension_field: "twenty-seven" }),
    });
    expect(form()).toEqual({
      token: CANARY.accessToken,
      token_type_hint: "access_token",
      ...CREDENTIALS,
    });
  });

  it("of an inactive token contains nothing else", async () => {
    endpoint.answer({ body: { active: false } });
    expect(await client.introspectToken("mF_9.B5f-4.1JqM")).toEqual({
      active: false,
      raw: { active: false },
    });
    expect(form()).toEqual({ token: "mF_9.B5f-4.1JqM", ...CREDENTIALS });
  });

  it("sends the half that the hint names", async () => {
    endpoint.answer({ body: { active: true } });
    await client.introspectToken(WHOLE, { hint: "refresh_token", parameters: { tenant: "acme" } });
    expect(form()).toMatchObject({
      token: CANARY.refreshToken,
      token_type_hint: "refresh_token",
      tenant: "acme",
    });
  });

  it("leaves out fields of the wrong type", async () => {
    endpoint.answer({
      body: { active: true, exp: "soon", iat: 1e300, scope: ["a"], sub: 7, aud: ["a", 7], jti: "" },
    });
    expect(await client.introspectToken(WHOLE)).toEqual({
      active: true,
      audience: ["a"],
      id: "",
      raw: expect.any(Object),
    });
  });

  it.each([
    ["no active", { status: 200, body: {} }, "TOKEN_RESPONSE_INVALID"],
    [
      "an active that is a text",
      { status: 200, body: { active: "true" } },
      "TOKEN_RESPONSE_INVALID",
    ],
    ["a page", { status: 200, body: "<html>" }, "TOKEN_RESPONSE_INVALID"],
    ["nothing", { status: 200 }, "TOKEN_RESPONSE_INVALID"],
    ["a list", { status: 200, body: [{ active: true }] }, "TOKEN_RESPONSE_INVALID"],
    ["401", { status: 401, body: { error: "invalid_client" } }, "INVALID_CLIENT"],
    ["502", { status: 502, body: "<html>" }, "SERVER_ERROR"],
    [
      "a huge answer",
      { status: 200, body: `{"active":true,"x":"${"x".repeat(1 << 20)}"}` },
      "RESPONSE_TOO_LARGE",
    ],
  ])("is refused with %s", async (_name, answer, code) => {
    const { introspection } = client.provider.endpoints;
    const once = endpoint.client(
      {
        endpoints: {
          token: "https://id.example.com/token",
          introspection: introspection as string,
        },
      },
      { retries: false },
    );
    endpoint.answer(answer);
    expect(await rejectionOf(once.introspectToken(WHOLE))).toMatchObject({ code });
  });
});

describe("a bad call sends nothing", () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["no token", () => client.revokeToken(undefined as never), /token must be a Token/],
    ["an empty token", () => client.introspectToken(""), /token must be a Token/],
    [
      "a half that is not there",
      () => client.revokeToken(Token.from({ accessToken: "a" }), { hint: "refresh_token" }),
      /no refresh token/,
    ],
    [
      "another hint",
      () => client.revokeToken(WHOLE, { hint: "id_token" } as never),
      /hint must be/,
    ],
    [
      "a hint that stands alone",
      () => client.introspectToken(WHOLE, "access_token" as never),
      /options must be an object, for example \{ hint: "access_token" \}/,
    ],
    ["options that are none", () => client.revokeToken(WHOLE, null as never), /options must be/],
    [
      "a misspelled option",
      () => client.revokeToken(WHOLE, { hints: "access_token" } as never),
      /hints is not an option; did you mean hint\?/,
    ],
    [
      "a field that the client sets",
      () => client.introspectToken(WHOLE, { parameters: { token: "x" } }),
      /parameters.token is set/,
    ],
    [
      "a field that is no text",
      () => client.revokeToken(WHOLE, { parameters: { all: true } } as never),
      /parameters.all must be a string/,
    ],
    [
      "a provider without the endpoint",
      () => endpoint.client().revokeToken(WHOLE),
      /endpoints.revocation is missing/,
    ],
  ])("%s", async (_name, call, problem) => {
    const error = await rejectionOf(call());
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(isOAuthError(error) && error.message).toMatch(problem);
    expect(endpoint.server.requests).toEqual([]);
  });
});
