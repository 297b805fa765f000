import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ClientSecretSource,
  ConfigurationError,
  type IdTokenRules,
  OAuth2Client,
} from "@grantkit/core";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  halfHash,
  type IdTokenFault,
  signature,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";
import { optionalFields, readsFromPrototype } from "./support/prototype-traps.ts";

const KEY = signingKey("RS256", "real");
// 32 hexadecimal digits, as LINE's channel secrets are, and twice as many for HS512.
const SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const LONG = SECRET + SECRET;

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});
afterEach(() => provider.close());

function byHmac(algorithm: string, secret: string, fault: IdTokenFault = {}): IdTokenFault {
  return {
    ...fault,
    header: { alg: algorithm, kid: undefined, ...fault.header },
    sign: (input) => signature(algorithm, secret, input),
  };
}

/** A client of the provider, which publishes no keys, with ID tokens by its secret. */
function client(
  algorithm = "HS256",
  clientSecret: string | ClientSecretSource = SECRET,
): OAuth2Client {
  const { jwks: _keys, ...endpoints } = provider.client().provider.endpoints;
  return provider.client({ idToken: { algorithms: [algorithm] }, endpoints }, { clientSecret });
}

describe("an ID token that the client secret signs (OpenID Connect Core §10.1)", () => {
  it.each([
    ["HS256", SECRET, "sha256"],
    ["HS384", LONG, "sha384"],
    ["HS512", LONG, "sha512"],
  ])("signs the user in with %s, without a key set", async (algorithm, secret, hash) => {
    const claims = { at_hash: halfHash(CANARY.accessToken, hash) };
    const token = await provider.signIn(
      client(algorithm, secret),
      byHmac(algorithm, secret, { claims }),
    );
    expect(token.claims).toMatchObject({ sub: SUBJECT, ...claims });
    expect(provider.keySetRequests).toBe(0);
  });

  it("asks for a nonce and for the user info's sub, as any other ID token", async () => {
    const byNonce = await rejectionOf(
      provider.signIn(client(), byHmac("HS256", SECRET, { claims: { nonce: "another" } })),
    );
    expect(byNonce).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "nonce" } });
    provider.userInfo = { name: "nobody" };
    const error = await rejectionOf(provider.signIn(client(), byHmac("HS256", SECRET)));
    expect(error).toMatchObject({ code: "USER_INFO_INVALID" });
  });

  const attacks: [string, IdTokenFault, string][] = [
    ["of another secret", byHmac("HS256", LONG), "signature"],
    ["of an empty key", byHmac("HS256", ""), "signature"],
    ["RS256 with the kid of a published key", {}, "alg"],
    ["HS512 where HS256 is named", byHmac("HS512", SECRET), "alg"],
    ["none", { header: { alg: "none" }, sign: () => Buffer.of() }, "alg"],
    [
      "over another at_hash",
      byHmac("HS256", SECRET, { claims: { at_hash: halfHash("another") } }),
      "at_hash",
    ],
    ["over another client", byHmac("HS256", SECRET, { claims: { aud: "other" } }), "aud"],
    ["over another issuer", byHmac("HS256", SECRET, { claims: { iss: "https://e.test" } }), "iss"],
    ["over an iat of last week", byHmac("HS256", SECRET, { claims: { iat: 1 } }), "iat"],
    ["with crit", byHmac("HS256", SECRET, { header: { crit: ["exp"] } }), "crit"],
  ];
  it.each(attacks)("is refused: %s", async (_name, fault, claim) => {
    const error = await rejectionOf(provider.signIn(client(), fault));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
    expectNoCanary(error, SECRET);
  });

  it("uses no published key where the definition has a key set, too", async () => {
    const both = provider.client(
      { idToken: { algorithms: ["HS256"] } },
      { clientSecret: SECRET, clientAuthentication: "post" },
    );
    const error = await rejectionOf(provider.signIn(both));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "alg" } });
    const publicPem = KEY.publicKey.export({ type: "spki", format: "pem" }) as string;
    expect(await rejectionOf(provider.signIn(both, byHmac("HS256", publicPem)))).toMatchObject({
      details: { claim: "signature" },
    });
    expect(provider.keySetRequests).toBe(0);
  });

  it("is verified after a refresh and in verifyIdToken()", async () => {
    const line = client();
    const token = await provider.signIn(line, byHmac("HS256", SECRET));
    const next = await line.refreshToken(token);
    expect(next.claims?.sub).toBe(SUBJECT);
    provider.fault = byHmac("HS256", LONG);
    const error = await rejectionOf(line.refreshToken(next));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
    const jwt = provider.idToken(byHmac("HS256", SECRET));
    expect((await line.verifyIdToken(jwt)).sub).toBe(SUBJECT);
  });

  it("is verified with the secret that a function gives, unless that is too short", async () => {
    const line = client("HS256", () => Promise.resolve(SECRET));
    const token = await provider.signIn(line, byHmac("HS256", SECRET));
    expect(token.claims?.sub).toBe(SUBJECT);
    const short = client("HS256", () => Promise.resolve("a-short-secret"));
    const error = await rejectionOf(provider.signIn(short, byHmac("HS256", "a-short-secret")));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain("too short");
  });

  it("reads own fields only", async () => {
    const reads = await readsFromPrototype(optionalFields("core"), async () => {
      await provider.signIn(client(), byHmac("HS256", SECRET));
    });
    expect(reads).toEqual([]);
  });

  it("has its like in logout tokens", async () => {
    const claims = {
      nonce: undefined,
      jti: "logout-1",
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    };
    const line = client();
    const good = provider.idToken(byHmac("HS256", SECRET, { claims }));
    expect((await line.verifyLogoutToken(good)).sub).toBe(SUBJECT);
    const bad = provider.idToken(byHmac("HS256", LONG, { claims }));
    expect(await rejectionOf(line.verifyLogoutToken(bad))).toMatchObject({
      code: "LOGOUT_TOKEN_INVALID",
      details: { claim: "signature" },
    });
  });
});

describe("a definition whose ID tokens the client secret signs", () => {
  it.each([[["HS256", "RS256"]], [["ES256", "HS512"]]])(
    "names no algorithm of a public key beside it: %j",
    (algorithms) => {
      expect(() => provider.client({ idToken: { algorithms } })).toThrow(
        "idToken.algorithms must not mix",
      );
    },
  );

  it("is refused by a client without a secret", () => {
    const { provider: definition } = client();
    expect(() => new OAuth2Client(definition, { clientId: "client" })).toThrow(
      "clientSecret is missing: it verifies this provider's ID tokens",
    );
  });

  it.each([
    [
      "HS256",
      SECRET.slice(1),
      "clientSecret is too short for HS256: it has 31 bytes, and needs 32",
    ],
    ["HS384", SECRET, "clientSecret is too short for HS384"],
    ["HS512", SECRET, "clientSecret is too short for HS512"],
  ])("is refused by a client with a secret that is too short for %s", (algorithm, secret, text) => {
    expect(() => client(algorithm, secret)).toThrow(ConfigurationError);
    expect(() => client(algorithm, secret)).toThrow(text);
  });

  it("counts a secret's bytes, not its characters", () => {
    expect(() => client("HS256", "é".repeat(16))).not.toThrow();
  });

  it("needs an issuer: without it openid is refused", async () => {
    const line = provider.client(
      { idToken: { algorithms: ["HS256"] }, issuer: undefined as unknown as string },
      { clientSecret: SECRET },
    );
    const error = await rejectionOf(line.authorizationRequest());
    expect((error as Error).message).toContain("needs issuer");
  });
});

describe("oidc-provider with a client of id_token_signed_response_alg HS256", () => {
  let server: AuthorizationServer;
  beforeAll(async () => {
    server = await AuthorizationServer.start(
      [{ client_id: "line", client_secret: SECRET, id_token_signed_response_alg: "HS256" }],
      { enabledJWA: { idTokenSigningAlgValues: ["RS256", "HS256"] } },
    );
  });
  afterAll(() => server.close());

  const discovered = (idToken: IdTokenRules) =>
    OAuth2Client.discover(server.issuer, {
      clientId: "line",
      clientSecret: SECRET,
      redirectUri: "https://app.example.com/callback",
      provider: { name: "certified", defaultScope: ["openid", "email"], idToken },
    });

  it("signs a user in, and refreshes the token", async () => {
    const line = await discovered({ algorithms: ["HS256"] });
    const request = await line.authorizationRequest();
    const token = await line.fetchToken(await server.visit(request.url, "eve"), request);
    expect(token.claims).toMatchObject({ iss: server.issuer, sub: "eve", nonce: request.nonce });
    const next = await line.refreshToken(token);
    expect(next.claims?.sub).toBe("eve");
  });

  it("is refused by a discovered client that did not name HS256", async () => {
    const line = await discovered({});
    const request = await line.authorizationRequest();
    const callback = await server.visit(request.url, "eve");
    expect(await rejectionOf(line.fetchToken(callback, request))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "alg" },
    });
  });
});
