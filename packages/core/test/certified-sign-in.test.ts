import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  clientSecretJwt,
  type DiscoverOptions,
  generateDpopKey,
  OAuth2Client,
  privateKeyJwt,
} from "@grantkit/core";
import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { Browser } from "./support/browser.ts";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";

const CALLBACK = "https://app.example.com/callback";
// Client secrets that sign have at least as many bits as the hash (RFC 7518 §3.2).
const LONG_SECRET = `${CANARY.clientSecret}-${"0123456789abcdef".repeat(2)}`;
const STRANGE = `${CANARY.clientSecret}: %+&=/?"\\~*'()`;

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid });

let server: AuthorizationServer;
let clock: FakeClock;
let requiresNonce = false;

beforeAll(async () => {
  const byKey = (client_id: string, key: KeyObject, alg: string) => ({
    client_id,
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [jwkOf(key, client_id)] },
  });
  server = await AuthorizationServer.start(
    [
      { client_id: "basic", client_secret: STRANGE },
      { client_id: "public", token_endpoint_auth_method: "none" },
      { client_id: "bound", token_endpoint_auth_method: "none", dpop_bound_access_tokens: true },
      {
        client_id: "pushing",
        client_secret: CANARY.clientSecret,
        require_pushed_authorization_requests: true,
      },
      {
        client_id: "hmac",
        client_secret: LONG_SECRET,
        token_endpoint_auth_method: "client_secret_jwt",
      },
      byKey("rsa", rsa.publicKey, "RS256"),
      byKey("pss", rsa.publicKey, "PS256"),
      byKey("ec", ec.publicKey, "ES256"),
      byKey("ed", ed.publicKey, "EdDSA"),
    ],
    {
      clientAuthMethods: [
        "client_secret_basic",
        "client_secret_jwt",
        "private_key_jwt",
        "client_secret_post",
        "none",
      ],
      features: {
        dPoP: {
          enabled: true,
          nonceSecret: randomBytes(32),
          requireNonce: () => requiresNonce,
        },
      },
    },
  );
});

afterAll(() => server.close());

beforeEach(() => {
  server.tokenCalls.length = 0;
  requiresNonce = false;
  // The server uses the machine's clock.
  clock = new FakeClock(Date.now());
});

function discovered(options: Partial<DiscoverOptions>): Promise<OAuth2Client> {
  return OAuth2Client.discover(server.issuer, {
    clientId: "basic",
    redirectUri: CALLBACK,
    clock,
    provider: { api: { baseUrl: server.issuer }, defaultScope: ["openid", "offline_access"] },
    ...options,
  });
}

async function begin(
  client: OAuth2Client,
  options: Parameters<OAuth2Client["authorizationRequest"]>[0] = {},
): Promise<AuthorizationRequest> {
  return client.authorizationRequest({ parameters: { prompt: "consent" }, ...options });
}

async function signIn(client: OAuth2Client) {
  const request = await begin(client);
  return client.fetchToken(await server.visit(request.url, "ada"), request);
}

function payloadOf(jwt: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt?.split(".")[1] ?? "", "base64url").toString()) as never;
}

function headerOf(jwt: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt?.split(".")[0] ?? "", "base64url").toString()) as never;
}

describe("a sign-in with maxAge: 0", () => {
  it("makes the server ask the user again, and checks auth_time", async () => {
    const client = await discovered({ clientSecret: STRANGE });
    const request = await begin(client, { maxAge: 0 });
    const token = await client.fetchToken(await server.visit(request.url, "ada"), request);
    expect(token.claims?.["auth_time"]).toBeGreaterThan(request.issuedAt / 1000 - 30);
  });
});

describe("a client that was discovered", () => {
  it("signs in with a pushed request, and the browser gets only a reference to it", async () => {
    const client = await discovered({ clientId: "pushing", clientSecret: CANARY.clientSecret });
    const request = await begin(client, { pushed: true });
    const query = new URL(request.url).searchParams;
    expect([...query.keys()].toSorted()).toEqual(["client_id", "request_uri"]);
    expect(query.get("request_uri")).toMatch(/^urn:ietf:params:oauth:request_uri:/);
    const callback = await server.visit(request.url, "ada");
    const token = await client.fetchToken(callback, request);
    expect(token.claims).toMatchObject({ sub: "ada", nonce: request.nonce });
  });

  it("knows that the server's callbacks carry iss", async () => {
    const client = await discovered({ clientSecret: STRANGE });
    const request = await begin(client);
    const callback = new URL(await server.visit(request.url, "ada"));
    expect(callback.searchParams.get("iss")).toBe(server.issuer);
    callback.searchParams.delete("iss");
    expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject({
      code: "ISSUER_MISMATCH",
    });
    expect(server.tokenCalls).toEqual([]);
  });

  it("reports the server's error for a pushed request that is not allowed", async () => {
    const client = await discovered({ clientId: "pushing", clientSecret: CANARY.clientSecret });
    const error = await rejectionOf(
      begin(client, { pushed: true, redirectUri: "https://elsewhere.example.com/" }),
    );
    expect(error).toMatchObject({ error: "invalid_request", status: 400 });
  });

  it("signs in with a callback that is the POST of a form", async () => {
    const client = await discovered({ clientSecret: STRANGE });
    const request = await begin(client, { responseMode: "form_post" });
    const { url, form } = await new Browser("ada").open(request.url);
    expect(url).toBe(CALLBACK);
    const callback = new Request(url, { method: "POST", body: form as URLSearchParams });
    const token = await client.fetchToken(callback, request);
    expect(token.claims?.sub).toBe("ada");
  });

  it("reports the error of a callback that is the POST of a form", async () => {
    const client = await discovered({ clientSecret: STRANGE });
    const request = await client.authorizationRequest({
      responseMode: "form_post",
      parameters: { prompt: "none" },
    });
    const { url, form } = await new Browser("ada").open(request.url);
    const callback = new Request(url, { method: "POST", body: form as URLSearchParams });
    expect(await rejectionOf(client.fetchToken(callback, request))).toMatchObject({
      code: "INTERACTION_REQUIRED",
    });
  });
});

describe("client authentication at a certified authorization server", () => {
  it("by HTTP Basic, with every strange character in the secret", async () => {
    const client = await discovered({ clientSecret: STRANGE });
    expect((await signIn(client)).claims?.sub).toBe("ada");
    expect(server.tokenCalls[0]?.authorization).toMatch(/^Basic /);
    expect(server.tokenCalls[0]?.form).not.toHaveProperty("client_secret");
  });

  const pem = rsa.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const jwk = jwkOf(rsa.privateKey, "rsa");
  it.each<
    [
      string,
      () => Parameters<typeof privateKeyJwt>[0] | Promise<Parameters<typeof privateKeyJwt>[0]>,
    ]
  >([
    ["PEM, PKCS #8", () => ({ key: pem, keyId: "rsa" })],
    [
      "PEM, PKCS #1",
      () => ({ key: rsa.privateKey.export({ format: "pem", type: "pkcs1" }).toString() }),
    ],
    ["PEM on one line", () => ({ key: pem.replaceAll("\n", String.raw`\n`) })],
    ["JWK", () => ({ key: jwk })],
    [
      "JWK as a key set has it",
      () => ({ key: { ...jwk, use: "sig", alg: "RS256", key_ops: ["sign"] } }),
    ],
    ["KeyObject", () => ({ key: rsa.privateKey })],
    [
      "CryptoKey",
      async () => ({
        key: await crypto.subtle.importKey(
          "jwk",
          jwk,
          { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
          false,
          ["sign"],
        ),
      }),
    ],
  ])("by private_key_jwt: %s", async (_name, options) => {
    const client = await discovered({
      clientId: "rsa",
      clientAuthentication: privateKeyJwt(await options()),
    });
    const token = await signIn(client);
    expect((await client.refreshToken(token)).claims?.sub).toBe("ada");
    const [{ authorization, form } = {}] = server.tokenCalls;
    expect(authorization).toBeUndefined();
    expect(form).toMatchObject({
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    expect(form).not.toHaveProperty("client_secret");
    expect(payloadOf(form?.["client_assertion"])).toMatchObject({
      iss: "rsa",
      sub: "rsa",
      aud: server.issuer,
      exp: clock.seconds + 60,
    });
    // Each assertion is used once (RFC 7523 §3).
    expect(payloadOf(server.tokenCalls[1]?.form["client_assertion"])["jti"]).not.toBe(
      payloadOf(form?.["client_assertion"])["jti"],
    );
  });

  it.each([
    ["ec", ec.privateKey, undefined, "ES256"],
    ["ed", ed.privateKey, undefined, "EdDSA"],
    ["pss", rsa.privateKey, "PS256", "PS256"],
  ])("by private_key_jwt: a key for %s", async (clientId, key, algorithm, expected) => {
    const client = await discovered({
      clientId,
      clientAuthentication: privateKeyJwt({ key, algorithm }),
    });
    expect((await signIn(client)).claims?.sub).toBe("ada");
    expect(headerOf(server.tokenCalls[0]?.form["client_assertion"])).toMatchObject({
      alg: expected,
    });
  });

  it("is refused with another client's key", async () => {
    const { privateKey: other } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const client = await discovered({
      clientId: "ec",
      clientAuthentication: privateKeyJwt({ key: other }),
    });
    const error = await rejectionOf(signIn(client));
    expect(error).toMatchObject({ code: "INVALID_CLIENT", status: 401 });
    expectNoCanary(error, server.tokenCalls[0]?.form["client_assertion"] as string);
  });

  it("by client_secret_jwt: the secret signs and is not sent", async () => {
    const client = await discovered({
      clientId: "hmac",
      clientSecret: LONG_SECRET,
      clientAuthentication: clientSecretJwt(),
    });
    expect((await signIn(client)).claims?.sub).toBe("ada");
    const [{ authorization, form } = {}] = server.tokenCalls;
    expect(authorization).toBeUndefined();
    expect(JSON.stringify(form)).not.toContain(LONG_SECRET);
    expect(headerOf(form?.["client_assertion"])["alg"]).toBe("HS256");
  });
});

describe("DPoP at a certified authorization server", () => {
  it("binds the code flow's tokens and their refreshes to the client's key", async () => {
    const key = await generateDpopKey();
    const client = await discovered({ clientId: "bound", dpop: { key } });
    const request = await begin(client);
    expect(new URL(request.url).searchParams.get("dpop_jkt")).toMatch(/^[\w-]{43}$/);
    const token = await client.fetchToken(await server.visit(request.url, "ada"), request);
    expect(token.tokenType).toBe("dpop");
    const renewed = await client.refreshToken(token);
    expect(renewed.tokenType).toBe("dpop");
    const [first, second] = server.tokenCalls.map(({ dpop }) => dpop);
    expect(headerOf(first)).toEqual({
      typ: "dpop+jwt",
      alg: "ES256",
      jwk: { kty: key.kty, crv: key.crv, x: key.x, y: key.y },
    });
    expect(payloadOf(first)).toEqual({
      jti: expect.any(String),
      htm: "POST",
      htu: `${server.issuer}/token`,
      iat: clock.seconds,
    });
    expect(payloadOf(second)["jti"]).not.toBe(payloadOf(first)["jti"]);
    expect(JSON.stringify([headerOf(first), payloadOf(first)])).not.toContain(key.d);
  });

  it("refuses a refresh with another key", async () => {
    const client = await discovered({ clientId: "bound", dpop: true });
    const token = await signIn(client);
    const thief = await discovered({ clientId: "bound", dpop: true });
    expect(await rejectionOf(thief.refreshToken(token))).toMatchObject({ code: "INVALID_GRANT" });
    expect((await client.refreshToken(token)).tokenType).toBe("dpop");
  });

  it("refuses a code that was asked for with another key", async () => {
    const client = await discovered({ clientId: "bound", dpop: true });
    const request = await begin(client);
    const callback = await server.visit(request.url, "ada");
    const thief = await discovered({ clientId: "bound", dpop: true });
    expect(await rejectionOf(thief.fetchToken(callback, request))).toMatchObject({
      code: "INVALID_GRANT",
    });
  });

  it("sends the nonce that the server asks for, and keeps it", async () => {
    requiresNonce = true;
    const client = await discovered({ clientId: "bound", dpop: true });
    const token = await signIn(client);
    expect(token.tokenType).toBe("dpop");
    expect(server.tokenCalls.map(({ dpop }) => typeof payloadOf(dpop)["nonce"])).toEqual([
      "undefined",
      "string",
    ]);
    const proofs = server.tokenCalls.map(({ dpop }) => payloadOf(dpop)["jti"]);
    expect(new Set(proofs).size).toBe(2);
    await client.refreshToken(token);
    expect(server.tokenCalls).toHaveLength(3);
  });

  it("works with a pushed request", async () => {
    const client = await discovered({ clientId: "bound", dpop: true });
    const request = await begin(client, { pushed: true });
    const token = await client.fetchToken(await server.visit(request.url, "ada"), request);
    expect(token.tokenType).toBe("dpop");
  });

  it("is required of a client that is registered for it", async () => {
    const client = await discovered({ clientId: "bound" });
    expect(await rejectionOf(signIn(client))).toMatchObject({
      code: "INVALID_GRANT",
      errorDescription: "grant request is invalid",
    });
  });
});
