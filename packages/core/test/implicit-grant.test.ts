import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { FaultyProvider, halfHash, signingKey } from "./support/faulty-provider.ts";

const ISSUER = "https://id.example.com";

let clock: FakeClock;
let client: OAuth2Client;
let request: AuthorizationRequest;

function make(options: Partial<OAuth2ClientOptions> = {}): OAuth2Client {
  return new OAuth2Client(
    defineProvider({
      name: "example",
      issuer: ISSUER,
      issuerInCallback: true,
      endpoints: { authorization: `${ISSUER}/authorize`, token: `${ISSUER}/token` },
      defaultScope: ["read", "write"],
    }),
    {
      clientId: "s6BhdRkqt3",
      redirectUri: "https://client.example.com/cb",
      clock,
      // Nothing is sent, as no server listens there.
      http: { adapter: () => Promise.reject(new Error("something was sent")) },
      ...options,
    },
  );
}

beforeEach(async () => {
  clock = new FakeClock();
  client = make();
  request = await client.authorizationRequest({ responseType: "token" });
});

afterEach(() => {
  expect(clock.pending).toBe(0);
});

function fragment(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const fields = {
    access_token: CANARY.accessToken,
    token_type: "bearer",
    expires_in: "3600",
    state: request.state,
    iss: ISSUER,
    ...changes,
  };
  const given = Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return new URLSearchParams(given).toString();
}

const callback = (changes?: Readonly<Record<string, string | undefined>>, query = ""): string =>
  `https://client.example.com/cb${query}#${fragment(changes)}`;

describe("an implicit grant", () => {
  it("asks with RFC 6749 §4.2.1's request", () => {
    const url = new URL(request.url);
    expect(`${url.origin}${url.pathname}`).toBe(`${ISSUER}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: "token",
      client_id: "s6BhdRkqt3",
      state: request.state,
      redirect_uri: "https://client.example.com/cb",
      scope: "read write",
    });
    expect(JSON.parse(JSON.stringify(request))).toEqual(request);
  });

  it("reads the token of the fragment, whose lifetime counts from now", async () => {
    const token = await client.tokenFromFragment(callback({ example_parameter: "x" }), request);
    expect(token.toJSON()).toMatchObject({
      accessToken: CANARY.accessToken,
      tokenType: "bearer",
      expiresAt: new Date(clock.now() + 3600_000).toISOString(),
      scope: ["read", "write"],
      raw: { example_parameter: "x" },
    });
    expect(token.refreshToken).toBeUndefined();
  });

  it.each([
    ["a URL", () => new URL(callback())],
    ["a path", () => `/cb#${fragment()}`],
    ["location.hash", () => `#${fragment()}`],
  ])("reads %s", async (_name, arriving) => {
    const token = await client.tokenFromFragment(arriving(), request);
    expect(token.accessToken).toBe(CANARY.accessToken);
  });

  it("reports a narrower scope", async () => {
    const token = await client.tokenFromFragment(callback({ scope: "read" }), request);
    expect(token.scopeChange).toEqual({ missing: ["write"], additional: [] });
  });

  it.each<[string, () => string, string]>([
    ["another state", () => callback({ state: "x" }), "STATE_MISMATCH"],
    ["no state", () => callback({ state: undefined }), "STATE_MISMATCH"],
    ["nothing in the fragment", () => "https://client.example.com/cb", "CALLBACK_INVALID"],
    ["another issuer", () => callback({ iss: "https://evil.example.com" }), "ISSUER_MISMATCH"],
    ["no issuer", () => callback({ iss: undefined }), "ISSUER_MISMATCH"],
    [
      "an error",
      () => callback({ error: "access_denied", access_token: undefined }),
      "ACCESS_DENIED",
    ],
    ["an error beside a token", () => callback({ error: "server_error" }), "SERVER_ERROR"],
    [
      "an error whose state is wrong, which is not believed",
      () => callback({ error: "access_denied", state: "x" }),
      "STATE_MISMATCH",
    ],
    [
      "a token in the query",
      () => callback({}, `?access_token=${CANARY.accessToken}`),
      "CALLBACK_INVALID",
    ],
    ["two tokens", () => `${callback()}&access_token=other`, "CALLBACK_INVALID"],
    ["two states", () => `${callback()}&state=${request.state}`, "CALLBACK_INVALID"],
    ["two ends", () => `${callback()}&expires_in=1`, "CALLBACK_INVALID"],
    ["a refresh token", () => callback({ refresh_token: CANARY.refreshToken }), "CALLBACK_INVALID"],
    ["no token", () => callback({ access_token: undefined }), "TOKEN_RESPONSE_INVALID"],
    ["an empty token", () => callback({ access_token: "" }), "TOKEN_RESPONSE_INVALID"],
    [
      "a token that breaks lines",
      () => callback({ access_token: "a\r\nb" }),
      "TOKEN_RESPONSE_INVALID",
    ],
    [
      "a code in its place",
      () => callback({ access_token: undefined, code: CANARY.code }),
      "TOKEN_RESPONSE_INVALID",
    ],
    [
      "a kind of token that nobody can use",
      () => callback({ token_type: "mac" }),
      "TOKEN_RESPONSE_INVALID",
    ],
    ["what is no access token", () => callback({ token_type: "N_A" }), "TOKEN_RESPONSE_INVALID"],
    [
      "a token that is bound to no key of ours",
      () => callback({ token_type: "DPoP" }),
      "TOKEN_RESPONSE_INVALID",
    ],
  ])("is refused with %s", async (_name, arriving, code) => {
    const error = await rejectionOf(client.tokenFromFragment(arriving(), request));
    expect(error).toMatchObject({ code });
    expectNoCanary(error, request.state);
  });

  it("keeps its token when expires_in is not a number", async () => {
    const token = await client.tokenFromFragment(callback({ expires_in: "300abc" }), request);
    expect(token.expiresAt).toBeUndefined();
  });

  it("reads an error in the query", async () => {
    const query = new URLSearchParams({
      error: "access_denied",
      state: request.state,
      iss: ISSUER,
    }).toString();
    const url = `https://client.example.com/cb?${query}`;
    expect(await rejectionOf(client.tokenFromFragment(url, request))).toMatchObject({
      code: "ACCESS_DENIED",
    });
  });

  it("is refused eleven minutes after the request, and at another provider", async () => {
    expect(
      await rejectionOf(client.tokenFromFragment(callback(), { ...request, provider: "other" })),
    ).toMatchObject({ code: "PROVIDER_MISMATCH" });
    clock.advance(11 * 60_000);
    expect(await rejectionOf(client.tokenFromFragment(callback(), request))).toMatchObject({
      code: "AUTHORIZATION_REQUEST_EXPIRED",
    });
  });

  it("is not confused with the code flow, in either direction", async () => {
    const code = await client.authorizationRequest();
    for (const call of [
      () => client.tokenFromFragment(callback(), code),
      () => client.fetchToken(`/cb?code=${CANARY.code}&state=${request.state}`, request),
    ]) {
      expect(await rejectionOf(call())).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
  });

  it("is refused to a client whose tokens are bound to a key", async () => {
    const bound = make({ dpop: true });
    expect(await rejectionOf(bound.authorizationRequest({ responseType: "token" }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });
});

describe("an ID token beside the token of a fragment", () => {
  let provider: FaultyProvider;
  beforeEach(async () => {
    provider = await FaultyProvider.start(signingKey("RS256", "first"));
  });
  afterEach(() => provider.close());

  const fragmentWith = async (accessToken: string, claims: Record<string, unknown>) => {
    const signing = provider.client();
    const begun = await signing.authorizationRequest({ responseType: "token" });
    provider.callbackFor(begun);
    const fields = new URLSearchParams({
      access_token: accessToken,
      token_type: "Bearer",
      state: begun.state,
      id_token: provider.idToken({ claims }),
    });
    return signing.tokenFromFragment(
      `https://app.example.com/callback#${fields.toString()}`,
      begun,
    );
  };

  it("is verified with its nonce and its at_hash", async () => {
    const token = await fragmentWith("at-1", { at_hash: halfHash("at-1") });
    expect(token.claims?.sub).toBe(CANARY.idToken);
  });

  it("is refused when the stored request has no nonce: it may belong to another sign-in", async () => {
    const signing = provider.client();
    const { nonce, ...stored } = await signing.authorizationRequest({ responseType: "token" });
    const fields = new URLSearchParams({
      access_token: "at-1",
      state: stored.state,
      id_token: provider.idToken({ claims: { at_hash: halfHash("at-1") } }),
    });
    const url = `https://app.example.com/callback#${fields.toString()}`;
    expect(nonce).toHaveLength(43);
    expect(await rejectionOf(signing.tokenFromFragment(url, stored))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(provider.server.requests).toEqual([]);
  });

  it.each([
    ["of another access token", { at_hash: halfHash("at-1") }],
    ["that is missing (OpenID Connect Core §3.2.2.9)", {}],
  ])(
    "is refused with an at_hash %s: the access token may have been injected",
    async (_name, claims) => {
      expect(await rejectionOf(fragmentWith("at-substituted", claims))).toMatchObject({
        code: "ID_TOKEN_INVALID",
      });
    },
  );
});
