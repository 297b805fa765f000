// Takes about five seconds on a small machine: about 200 sign-ins, each with an ID token that is signed for it.
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  isOAuthError,
  OAuth2Client,
  Token,
  type OAuthError,
  type VerifyIdTokenOptions,
} from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  halfHash,
  signature,
  signingKey,
  SUBJECT,
  type IdTokenFault,
  type SigningKey,
} from "./support/faulty-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { refusedSignIn } from "./support/refused-sign-in.ts";

const FIRST = signingKey("RS256", "first");
const SECOND = signingKey("RS256", "second");
const STRANGER = signingKey("RS256", "first");
const ELLIPTIC = signingKey("ES256", "elliptic");
const EDWARDS = signingKey("EdDSA", "edwards");
const WEAK = signingKey("RS256", "weak", 1024);
const NOW = new FakeClock().seconds;
const MINUTE = 60_000;

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
  client = provider.client();
});

afterEach(() => provider.close());

/** The error of a sign-in of this test's client that must fail. */
const refusal = (fault?: IdTokenFault, by = client, mostFetches?: number): Promise<OAuthError> =>
  refusedSignIn(provider, by, fault, mostFetches);

function forgedWith(key: SigningKey, alg: string = key.alg): IdTokenFault {
  return { header: { alg }, sign: (input) => signature(alg, key.privateKey, input) };
}

const UNSIGNED: IdTokenFault = { header: { alg: "none", kid: undefined }, sign: () => Buffer.of() };

describe("a valid ID token", () => {
  it("signs the user in, its claims verified with the published key", async () => {
    const token = await provider.signIn(client);
    expect(token.claims).toMatchObject({ iss: provider.issuer, sub: SUBJECT, aud: "client" });
    expect(provider.keySetRequests).toBe(1);
    expect(provider.server.received("/userinfo")).toHaveLength(1);
  });

  const accepted: [string, IdTokenFault][] = [
    ["aud is an array with this client alone", { claims: { aud: ["client"] } }],
    ["azp is this client", { claims: { azp: "client" } }],
    ["at_hash fits the access token", { claims: { at_hash: halfHash(CANARY.accessToken) } }],
    ["kid is absent and the provider has one key", { header: { kid: undefined } }],
    ["exp passed within the tolerance of 300 s", { claims: { exp: NOW - 299 } }],
    ["nbf is ahead within the tolerance of 300 s", { claims: { nbf: NOW + 300 } }],
    ["iat is 300 s old", { claims: { iat: NOW - 300 } }],
    ["iat is 300 s ahead", { claims: { iat: NOW + 300 } }],
    ["typ is absent", { header: { typ: undefined } }],
    ["sub has 255 characters", { claims: { sub: "s".repeat(255) } }],
  ];
  it.each(accepted)("is accepted when %s", async (_name, fault) => {
    provider.userInfo = { ...provider.userInfo, ...(fault.claims?.["sub"] ? fault.claims : {}) };
    const token = await provider.signIn(client, fault);
    expect(token.claims).toMatchObject(fault.claims ?? {});
  });

  it("is accepted with ES256 where the provider says so", async () => {
    provider.key = ELLIPTIC;
    provider.published = [FIRST.jwk, ELLIPTIC.jwk];
    const elliptic = provider.client({ idToken: { algorithms: ["ES256"] } });
    const token = await provider.signIn(elliptic, {
      claims: { at_hash: halfHash(CANARY.accessToken) },
    });
    expect(token.claims?.sub).toBe(SUBJECT);
  });
});

describe("a discovered server that signs with EdDSA", () => {
  it.each(["EdDSA", "Ed25519"])("has at_hash by SHA-512, its algorithm called %s", async (alg) => {
    provider.key = { ...EDWARDS, alg, jwk: { ...EDWARDS.jwk, alg } };
    provider.published = [provider.key.jwk];
    const claims = { at_hash: halfHash(CANARY.accessToken, "sha512") };
    const token = await provider.signIn(await provider.discover(), {
      claims,
      sign: (input) => signature("EdDSA", EDWARDS.privateKey, input),
    });
    expect(token.claims).toMatchObject(claims);
  });
});

describe("a claim that is wrong", () => {
  const rows: [string, Record<string, unknown>, string][] = [
    ["iss is another issuer", { iss: "https://evil.example.com" }, "iss"],
    ["iss has a slash more", { iss: "$issuer/" }, "iss"],
    ["iss is missing", { iss: undefined }, "iss"],
    ["iss is a list", { iss: ["$issuer"] }, "iss"],
    ["iss lacks its scheme, and the provider allows no such thing", { iss: "$host" }, "iss"],
    ["sub is missing", { sub: undefined }, "sub"],
    ["sub is empty", { sub: "" }, "sub"],
    ["sub is a number", { sub: 7 }, "sub"],
    ["sub is null", { sub: null }, "sub"],
    ["sub has 256 characters", { sub: "s".repeat(256) }, "sub"],
    ["aud is another client", { aud: "other" }, "aud"],
    ["aud is missing", { aud: undefined }, "aud"],
    ["aud is an empty list", { aud: [] }, "aud"],
    ["aud is an object", { aud: { client: true } }, "aud"],
    ["aud begins with this client's name", { aud: "client2" }, "aud"],
    ["aud has another client and azp is missing", { aud: ["client", "other"] }, "aud"],
    [
      "aud has another client and azp is this one",
      { aud: ["client", "other"], azp: "client" },
      "aud",
    ],
    [
      "aud has another client and azp is that one",
      { aud: ["client", "other"], azp: "other" },
      "azp",
    ],
    ["azp is another client while aud is this one alone", { azp: "other" }, "azp"],
    ["azp is null", { azp: null }, "azp"],
    ["exp is missing", { exp: undefined }, "exp"],
    ["exp is a string", { exp: String(NOW + 3600) }, "exp"],
    ["exp passed 300 s ago", { exp: NOW - 300 }, "exp"],
    ["exp passed long ago", { exp: NOW - 86_400 }, "exp"],
    ["iat is missing", { iat: undefined }, "iat"],
    ["iat is a string", { iat: String(NOW) }, "iat"],
    ["iat is 301 s old", { iat: NOW - 301 }, "iat"],
    ["iat is a week old", { iat: NOW - 7 * 86_400 }, "iat"],
    ["iat is 301 s ahead", { iat: NOW + 301 }, "iat"],
    ["iat is an hour ahead", { iat: NOW + 3600 }, "iat"],
    ["nbf is 301 s ahead", { nbf: NOW + 301 }, "nbf"],
    ["nbf is a string", { nbf: "soon" }, "nbf"],
    ["nonce is another one", { nonce: "bm9uY2Utb2YtYW5vdGhlci1sb2dpbi0wMDAwMDAwMDA" }, "nonce"],
    ["nonce is missing", { nonce: undefined }, "nonce"],
    ["nonce is empty", { nonce: "" }, "nonce"],
    ["nonce is a list", { nonce: ["x"] }, "nonce"],
    ["at_hash is another access token's", { at_hash: halfHash("another-token") }, "at_hash"],
    ["at_hash is the whole hash", { at_hash: `${halfHash(CANARY.accessToken)}AA` }, "at_hash"],
    ["at_hash is empty", { at_hash: "" }, "at_hash"],
    ["at_hash is null", { at_hash: null }, "at_hash"],
  ];
  it.each(rows)("is refused and named: %s", async (_name, claims, claim) => {
    const filled = Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [name, fill(value)]),
    );
    const error = await refusal({ claims: filled });
    expect(error).toMatchObject({
      code: "ID_TOKEN_INVALID",
      provider: "faulty",
      retryable: false,
      details: { claim },
    });
    expect(error.message).toContain(claim);
  });

  function fill(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(fill);
    const { issuer } = provider;
    return typeof value === "string"
      ? value.replace("$issuer", issuer).replace("$host", issuer.replace("http://", ""))
      : value;
  }

  it.each([
    ["of another access token", halfHash("another-token", "sha512")],
    ["by another hash than Ed25519's", halfHash(CANARY.accessToken, "sha256")],
  ])("is refused beside EdDSA when at_hash is %s", async (_name, hash) => {
    provider.key = EDWARDS;
    provider.published = [EDWARDS.jwk];
    const edwards = provider.client({ idToken: { algorithms: ["EdDSA"] } });
    const error = await refusal({ claims: { at_hash: hash } }, edwards);
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "at_hash" } });
  });
});

describe("a signature that is wrong", () => {
  const publicPem = FIRST.publicKey.export({ type: "spki", format: "pem" }) as string;
  const rows: [string, IdTokenFault, string][] = [
    ["of another key with the same kid", forgedWith(STRANGER), "signature"],
    ["of random bytes", { sign: () => Buffer.alloc(256, 7) }, "signature"],
    ["that is empty", { sign: () => Buffer.of() }, "signature"],
    [
      "over other claims",
      { sign: () => signature("RS256", FIRST.privateKey, "e30.e30") },
      "signature",
    ],
    ["of the algorithm none", UNSIGNED, "alg"],
    ["of the algorithm None", { ...UNSIGNED, header: { alg: "None" } }, "alg"],
    ["that claims none and is signed", forgedWith(FIRST, "none"), "alg"],
    [
      "HS256 keyed with the public key's PEM",
      { header: { alg: "HS256" }, sign: (input) => signature("HS256", publicPem, input) },
      "alg",
    ],
    [
      "HS256 keyed with the client secret",
      {
        header: { alg: "HS256" },
        sign: (input) => signature("HS256", CANARY.clientSecret, input),
      },
      "alg",
    ],
    ["PS256 by the key of RS256", forgedWith(FIRST, "PS256"), "alg"],
    ["RS512 by the key of RS256", forgedWith(FIRST, "RS512"), "alg"],
    ["ES256 where RS256 is expected", forgedWith(ELLIPTIC), "alg"],
    ["without alg", { header: { alg: undefined }, sign: () => Buffer.alloc(256) }, "jwt"],
  ];
  it.each(rows)("is refused: %s", async (_name, fault, claim) => {
    provider.published = [FIRST.jwk, ELLIPTIC.jwk];
    const error = await refusal(fault);
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
  });

  it("cannot be allowed: a definition that lists none among its algorithms is refused", () => {
    expect(() => provider.client({ idToken: { algorithms: ["RS256", "none"] } })).toThrow(/none/);
  });

  it("is refused for ES256 broken, where ES256 is what is expected", async () => {
    provider.key = ELLIPTIC;
    provider.published = [ELLIPTIC.jwk];
    const elliptic = provider.client({ idToken: { algorithms: ["ES256"] } });
    const error = await refusal({ sign: () => Buffer.alloc(64, 1) }, elliptic);
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
  });

  it("is refused for a key that has less than 2048 bits", async () => {
    provider.key = WEAK;
    provider.published = [WEAK.jwk];
    const error = await refusal();
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID" });
  });
});

describe("what the header says about keys", () => {
  let attacker: LoopbackServer;

  beforeEach(async () => {
    attacker = await LoopbackServer.start(() => ({ body: { keys: [STRANGER.jwk] } }));
  });
  afterEach(() => attacker.close());

  it.each(["jku", "x5u"])("is not fetched: %s", async (name) => {
    const error = await refusal({
      ...forgedWith(STRANGER),
      header: { [name]: `${attacker.origin}/keys` },
    });
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
    expect(attacker.requests).toEqual([]);
  });

  it("is ignored: jwk", async () => {
    const error = await refusal({ ...forgedWith(STRANGER), header: { jwk: STRANGER.jwk } });
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
  });

  it("does not stop a valid token: jku", async () => {
    await provider.signIn(client, { header: { jku: `${attacker.origin}/keys` } });
    expect(attacker.requests).toEqual([]);
  });

  it.each([[["exp"]], [["b64"]], [[]], ["exp"], [null]])(
    "is refused when it has crit: %j",
    async (crit) => {
      const error = await refusal({ header: { crit, b64: true, exp: 1 } });
      expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "crit" } });
    },
  );

  it("is refused when kid is absent and the provider has several keys", async () => {
    provider.published = [FIRST.jwk, SECOND.jwk];
    const error = await refusal({ header: { kid: undefined } });
    expect(error).toMatchObject({ code: "KEY_SELECTION_FAILED", details: { claim: "kid" } });
  });

  it("is accepted when kid is absent and only one of the keys is for its algorithm", async () => {
    provider.published = [FIRST.jwk, ELLIPTIC.jwk];
    const token = await provider.signIn(client, { header: { kid: undefined } });
    expect(token.claims?.sub).toBe(SUBJECT);
  });
});

describe("a JWT of another type", () => {
  it.each(["at+jwt", "application/at+jwt", "AT+JWT", "dpop+jwt", "secevent+jwt"])(
    "is refused as an ID token, though it is for this client: typ %s",
    async (typ) => {
      const error = await refusal({ header: { typ } });
      expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "typ" } });
    },
  );
});

describe("a malformed JWT", () => {
  const rows: [string, (good: string) => string][] = [
    ["one part", () => "abc"],
    ["two parts", (good) => good.split(".").slice(0, 2).join(".")],
    ["four parts", (good) => `${good}.x`],
    ["five parts, as an encrypted one", (good) => `${good}.x.y`],
    ["a header that is no JSON", (good) => good.replace(/^[^.]+/, "bm90LWpzb24")],
    ["a header that is an array", (good) => good.replace(/^[^.]+/, "W10")],
    ["a header that is null", (good) => good.replace(/^[^.]+/, "bnVsbA")],
    ["dots alone", () => "..."],
    ["ten thousand dots", () => ".".repeat(10_000)],
  ];
  it.each(rows)("is refused: %s", async (_name, mangle) => {
    provider.tokenFields = { id_token: mangle(provider.idToken()) };
    const error = await refusal();
    expect(error.code).toBe("ID_TOKEN_INVALID");
  });

  it.each(["[]", "null", '"text"', "7", "", "{", "{}{}"])(
    "is refused with a signed payload that is not an object: %s",
    async (payload) => {
      const error = await refusal({ payload: () => payload });
      expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "jwt" } });
    },
  );

  it("is refused above 64 KB before the keys are fetched", async () => {
    const error = await refusal({ claims: { padding: "x".repeat(64 * 1024) } });
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "jwt" } });
    expect(provider.keySetRequests).toBe(0);
  });

  it("is refused at 10 MB before the keys are fetched, or already by the size of the response", async () => {
    const huge = "x.".repeat(5 * 1024 * 1024);
    const direct = await rejectionOf(client.verifyIdToken(huge));
    expect(direct).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "jwt" } });
    provider.tokenFields = { id_token: huge };
    const error = await refusal();
    expect(error.code).toBe("RESPONSE_TOO_LARGE");
    expect(provider.keySetRequests).toBe(0);
  });

  it("does not overflow the stack when a claim is nested thousands of levels deep", async () => {
    const deep = `${"[".repeat(5500)}${"]".repeat(5500)}`;
    const fault: IdTokenFault = { payload: (json) => json.replace("{", `{"deep":${deep},`) };
    const outcome: unknown = await provider.signIn(client, fault).catch((error: unknown) => error);
    expect(outcome instanceof Token || isOAuthError(outcome)).toBe(true);
  });
});

describe("an ID token that is missing", () => {
  it.each([[undefined], [null], [""]])(
    "is an error when openid was asked for: id_token %j",
    async (value) => {
      provider.tokenFields = { id_token: value };
      const error = await refusal();
      expect(error).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        details: { field: "id_token" },
      });
    },
  );

  it("is not required when the provider says that openid was not granted", async () => {
    provider.tokenFields = { id_token: undefined, scope: "email" };
    const token = await provider.signIn(client);
    expect(token.claims).toBeUndefined();
    expect(token.scopeChange).toEqual({ missing: ["openid"], additional: ["email"] });
  });
});

describe("a stored authorization request without its nonce", () => {
  it("is refused before the code is exchanged", async () => {
    const { nonce, ...stored } = await client.authorizationRequest();
    const error = await rejectionOf(client.fetchToken(provider.callbackFor(stored), stored));
    expect(nonce).toHaveLength(43);
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(provider.server.requests).toEqual([]);
  });
});

describe("a hook that asks for openid", () => {
  it("gets an ID token with a checked nonce, as if the app had asked", async () => {
    const hooked = provider.client(
      { defaultScope: ["email"] },
      {
        hooks: {
          authorizationRequest: ({ url, parameters }) => ({
            url,
            parameters: { ...parameters, scope: "openid email" },
          }),
        },
      },
    );
    const request = await hooked.authorizationRequest();
    expect(request.nonce).toHaveLength(43);
    expect(new URL(request.url).searchParams.getAll("nonce")).toEqual([request.nonce]);
    const token = await hooked.fetchToken(provider.callbackFor(request), request);
    expect(token.claims?.["nonce"]).toBe(request.nonce);
    const replayed = provider.callbackFor(request, { claims: { nonce: "of another sign-in" } });
    expect(await rejectionOf(hooked.fetchToken(replayed, request))).toMatchObject({
      details: { claim: "nonce" },
    });
  });
});

describe("verifyIdToken() for an ID token that came another way", () => {
  const options: [string, VerifyIdTokenOptions, IdTokenFault, string | undefined][] = [
    ["has the nonce", { nonce: "n" }, { claims: { nonce: "n" } }, undefined],
    ["lacks the nonce", { nonce: "n" }, {}, "nonce"],
    [
      "fits the access token",
      { accessToken: "a" },
      { claims: { at_hash: halfHash("a") } },
      undefined,
    ],
    ["fits another", { accessToken: "a" }, { claims: { at_hash: halfHash("b") } }, "at_hash"],
    ["has no age when maxAge is asked for", { maxAge: 60 }, {}, "auth_time"],
    ["has auth_time in time", { maxAge: 60 }, { claims: { auth_time: NOW - 90 } }, undefined],
    ["has auth_time too early", { maxAge: 60 }, { claims: { auth_time: NOW - 91 } }, "auth_time"],
    ["has auth_time as text", { maxAge: 60 }, { claims: { auth_time: String(NOW) } }, "auth_time"],
    ["is an hour old, which nobody minds", {}, { claims: { iat: NOW - 3599 } }, undefined],
    ["is older than issuedWithin", { issuedWithin: 60 }, { claims: { iat: NOW - 61 } }, "iat"],
    ["is as old as issuedWithin", { issuedWithin: 60 }, { claims: { iat: NOW - 60 } }, undefined],
    ["is from the future", {}, { claims: { iat: NOW + 301 } }, "iat"],
    ["is from the near future", {}, { claims: { iat: NOW + 300 } }, undefined],
  ];
  it.each(options)("%s", async (_name, expectations, fault, claim) => {
    const verifying = client.verifyIdToken(provider.idToken(fault), expectations);
    if (claim === undefined) {
      expect((await verifying).sub).toBe(SUBJECT);
    } else {
      const error = await rejectionOf(verifying);
      expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
    }
  });

  it.each([
    ["maxAge", Number.NaN],
    ["maxAge", "60"],
    ["maxAge", -1],
    ["issuedWithin", Number.NaN],
    ["issuedWithin", "60"],
    ["accessToken", { accessToken: "a" }],
    ["nonce", undefined],
    ["nonce", null],
    ["max_age", 60],
  ])("refuses an expectation that checks nothing: %s %p", async (name, value) => {
    const verifying = client.verifyIdToken(provider.idToken(), { [name]: value });
    const error = await rejectionOf(verifying);
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID", provider: "faulty" });
    expect((error as OAuthError).message).toContain(name);
    expect(provider.server.requests).toEqual([]);
  });

  it.each(["issuer", "endpoints"])("needs %s of the provider", async (field) => {
    const { origin } = provider.server;
    const endpoints = { authorization: `${origin}/authorize`, token: `${origin}/token` };
    const bare = new OAuth2Client(
      defineProvider({
        name: "bare",
        ...(field === "endpoints" && { issuer: origin }),
        endpoints: { ...endpoints, ...(field === "issuer" && { jwks: `${origin}/jwks` }) },
      }),
      { clientId: "client", redirectUri: "https://app.example.com/callback" },
    );
    const error = await rejectionOf(bare.verifyIdToken(provider.idToken()));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID", provider: "bare" });
    expect(provider.server.requests).toEqual([]);
  });
});

describe("the issuer without its scheme", () => {
  it("is accepted where the provider declares it", async () => {
    const variant = provider.client({ idToken: { issuerWithoutScheme: true } });
    const iss = provider.issuer.replace("http://", "");
    const token = await provider.signIn(variant, { claims: { iss } });
    expect(token.claims?.iss).toBe(iss);
  });

  it("lets no other issuer in", async () => {
    const variant = provider.client({ idToken: { issuerWithoutScheme: true } });
    const iss = provider.issuer.replace("http://", "https://");
    const error = await refusal({ claims: { iss } }, variant);
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "iss" } });
  });
});

describe("a clock that is wrong", () => {
  it.each([
    ["behind", 10 * MINUTE, -600],
    ["ahead", -10 * MINUTE, 600],
  ])("is named when it is ten minutes %s the provider's", async (_name, ahead, seconds) => {
    provider.ahead = ahead;
    const error = await refusal();
    expect(error).toMatchObject({ code: "CLOCK_SKEW", details: { seconds } });
    expect(error.message).toContain("clock");
  });

  it("is named when a token that lives for five minutes seems to have ended", async () => {
    provider.ahead = -10 * MINUTE;
    const error = await refusal({ claims: { exp: NOW - 300 } });
    expect(error.code).toBe("CLOCK_SKEW");
  });

  it("is not named when the provider sends no date", async () => {
    provider.ahead = 10 * MINUTE;
    provider.sendsDate = false;
    const error = await refusal();
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "iat" } });
  });

  it("is not named when the token does not fit the provider's own time either", async () => {
    const error = await refusal({ claims: { iat: NOW - 3600 } });
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "iat" } });
  });

  it("does no harm within five minutes", async () => {
    provider.ahead = 4 * MINUTE;
    expect((await provider.signIn(client)).claims?.sub).toBe(SUBJECT);
  });
});

describe("user info", () => {
  it("of another user than the ID token's is refused", async () => {
    provider.userInfo = { sub: "another", email: CANARY.userData };
    const error = await rejectionOf(provider.signIn(client));
    expect(error).toMatchObject({ code: "SUBJECT_MISMATCH", details: { claim: "sub" } });
  });

  it("of another user is refused as a profile too", async () => {
    const token = await provider.signIn(client);
    provider.userInfo = { sub: "another", email: CANARY.userData };
    const error = await rejectionOf(client.profile(token));
    expect(error).toMatchObject({ code: "SUBJECT_MISMATCH" });
  });

  it.each([[7], [null], [[SUBJECT]], [""]])("whose sub is %j is refused", async (sub) => {
    provider.userInfo = { sub };
    expect(await rejectionOf(provider.signIn(client))).toMatchObject({ code: "SUBJECT_MISMATCH" });
  });
});
