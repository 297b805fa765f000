import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Client } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey, SUBJECT } from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "first");

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});

afterEach(() => provider.close());

/** A client of a provider whose ID tokens cannot be verified. */
function withoutKeys(definition: object = {}): OAuth2Client {
  const { jwks: _none, ...endpoints } = provider.client().provider.endpoints;
  return provider.client({
    endpoints: { ...endpoints, deviceAuthorization: `${provider.issuer}/device` },
    ...definition,
  });
}

const DEVICE = {
  deviceCode: "device-code",
  userCode: "ABCD",
  verificationUri: "https://id.example.com/device",
  interval: 1,
};

describe("openid is refused for a provider whose ID tokens cannot be verified", () => {
  const REFUSED = {
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("endpoints.jwks"),
  };

  it.each([undefined, null])(
    "because the jwks_uri of its metadata is %j (Discovery §3)",
    async (uri) => {
      provider.metadata = { jwks_uri: uri };
      const client = await provider.discover();
      expect(await rejectionOf(client.authorizationRequest())).toMatchObject(REFUSED);
    },
  );

  it.each<[string, () => Promise<unknown>]>([
    ["a sign-in", () => withoutKeys().authorizationRequest({ scope: ["email", "openid"] })],
    ["a sign-in with its default scope", () => withoutKeys().authorizationRequest()],
    ["a pushed sign-in", () => withoutKeys().authorizationRequest({ pushed: true })],
    [
      "an implicit sign-in",
      () => withoutKeys().authorizationRequest({ responseType: "token", scope: ["openid"] }),
    ],
    ["a device flow", () => withoutKeys().fetchDeviceAuthorization({ scope: ["openid"] })],
    ["a device flow with its default scope", () => withoutKeys().fetchDeviceAuthorization()],
    [
      "a sign-in without an issuer",
      () => {
        const { endpoints } = provider.client().provider;
        return provider.client({ issuer: undefined, endpoints } as never).authorizationRequest();
      },
    ],
    [
      "a sign-in whose hook adds openid",
      () => {
        const authorizationRequest = ({ url, parameters }: never) => ({
          url,
          parameters: { ...(parameters as object), scope: "openid email" },
        });
        return withoutKeys({
          hooks: { authorizationRequest },
          defaultScope: ["email"],
        }).authorizationRequest();
      },
    ],
  ])("by %s, before anything is sent", async (_name, ask) => {
    expect(await rejectionOf(ask())).toMatchObject(REFUSED);
    expect(provider.server.requests).toEqual([]);
  });

  it("by a password grant, when an ID token comes", async () => {
    const asking = withoutKeys().fetchPasswordToken({ username: "ada", password: "p" });
    expect(await rejectionOf(asking)).toMatchObject(REFUSED);
    provider.tokenFields = { id_token: undefined };
    const token = await withoutKeys().fetchPasswordToken({ username: "ada", password: "p" });
    expect(token.claims).toBeUndefined();
  });

  it("by fetchToken() for a sign-in that another client started, before the code is exchanged", async () => {
    const request = await provider.client().authorizationRequest();
    const error = await rejectionOf(
      withoutKeys().fetchToken(provider.callbackFor(request), request),
    );
    expect(error).toMatchObject(REFUSED);
    expect(provider.server.requests).toEqual([]);
  });
});

describe("a provider whose ID tokens cannot be verified", () => {
  it("signs users in without openid", async () => {
    const client = withoutKeys();
    const request = await client.authorizationRequest({ scope: ["email"] });
    expect(request.nonce).toBeUndefined();
    const token = await client.fetchToken(provider.callbackFor(request), request);
    expect(token.claims).toBeUndefined();
  });

  it("may use openid with idToken: false", async () => {
    provider.metadata = { jwks_uri: undefined };
    const ignoring = await provider.discover({
      provider: { name: "faulty", defaultScope: ["openid"], idToken: false },
    } as never);
    for (const client of [withoutKeys({ idToken: false }), ignoring]) {
      const request = await client.authorizationRequest();
      expect(request.nonce).toBeUndefined();
      const token = await client.fetchToken(provider.callbackFor(request), request);
      expect(token.claims).toBeUndefined();
      const error = await rejectionOf(client.authorizationRequest({ maxAge: 60 }));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
  });
});

it("idToken: false ignores ID tokens of a provider with keys too", async () => {
  const client = provider.client({ idToken: false });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(provider.callbackFor(request), request);
  expect(token.claims).toBeUndefined();
  expect(provider.keySetRequests).toBe(0);
  expect(await rejectionOf(client.verifyIdToken(provider.idToken()))).toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
});

describe("a response without an ID token is refused when openid was requested and granted (Core §3.1.3.3)", () => {
  const MISSING = { code: "TOKEN_RESPONSE_INVALID", details: { field: "id_token" } };

  const granted: [string, Record<string, unknown>][] = [
    ["no scope is told", {}],
    ["it is told", { scope: "openid" }],
    ["it is told among others", { scope: "email openid" }],
    ["it is told as a list", { scope: ["email", "openid"] }],
    ["it is told with commas", { scope: "email,openid" }],
  ];

  it.each(granted)("by a sign-in: %s", async (_name, fields) => {
    provider.tokenFields = { id_token: undefined, ...fields };
    expect(await rejectionOf(provider.signIn(provider.client()))).toMatchObject(MISSING);
  });

  it.each(granted)("by a device flow: %s", async (_name, fields) => {
    provider.tokenFields = { id_token: undefined, ...fields };
    const expiresAt = provider.clock.now() + 600_000;
    const waiting = provider.client().fetchDeviceToken({ ...DEVICE, expiresAt, scope: ["openid"] });
    const failing = rejectionOf(waiting);
    await provider.clock.scheduled();
    provider.clock.advance(1000);
    expect(await failing).toMatchObject(MISSING);
  });

  it.each(granted)("by a password: %s", async (_name, fields) => {
    provider.tokenFields = { id_token: undefined, ...fields };
    const asking = provider.client().fetchPasswordToken({ username: "ada", password: "p" });
    expect(await rejectionOf(asking)).toMatchObject(MISSING);
  });

  it("but not when openid was not requested, or not granted", async () => {
    provider.tokenFields = { id_token: undefined, scope: "email" };
    const client = provider.client();
    const ask = (scope: string[]) =>
      client.fetchPasswordToken({ username: "ada", password: "p", scope });
    expect((await ask(["email"])).claims).toBeUndefined();
    expect((await ask(["openid", "email"])).scopeChange).toMatchObject({ missing: ["openid"] });
    provider.tokenFields = { id_token: undefined };
    expect((await ask(["email"])).claims).toBeUndefined();
    provider.tokenFields = {};
    expect((await ask(["openid"])).claims?.sub).toBe(SUBJECT);
  });
});
