// Takes about ten seconds on a small machine: more than 200 sign-ins, each with an ID token that is signed for it.
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  isOAuthError,
  OAuth2Client,
  type OAuthError,
  Token,
  type VerifyIdTokenOptions,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  halfHash,
  type IdTokenFault,
  signature,
  signingKey,
  type SigningKey,
  SUBJECT,
} from "./support/faulty-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { type Answer, LoopbackServer } from "./support/loopback-server.ts";
import { hurry } from "./support/hurry.ts";
import { turns, until } from "./support/turns.ts";

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

/** The error of a sign-in that waits for the keys in vain: four tries, each with two retries. */
const refusalAfterWaiting = (): Promise<OAuthError> =>
  hurry(provider.clock, refusal({}, client, 12));

/** The error of a sign-in that must fail, and send nothing afterwards. */
async function refusal(
  fault: IdTokenFault = {},
  by: OAuth2Client = client,
  mostFetches: number = 2,
): Promise<OAuthError> {
  const error = await rejectionOf(provider.signIn(by, fault));
  if (!isOAuthError(error)) throw error;
  const payload = provider.idToken(fault).split(".")[1] as string;
  if (payload.length > 100) expectNoCanary(error, payload);
  expect(provider.server.received("/userinfo")).toEqual([]);
  expect(provider.server.received("/token")).toHaveLength(1);
  expect(provider.server.requests).toHaveLength(1 + provider.keySetRequests);
  expect(provider.keySetRequests).toBeLessThanOrEqual(mostFetches);
  return error;
}

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

  it("is refused for none also where the provider lists it among its algorithms", async () => {
    const careless = provider.client({ idToken: { algorithms: ["RS256", "none"] } });
    const error = await refusal(UNSIGNED, careless);
    expect(error.code).toBe("ID_TOKEN_INVALID");
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

describe("the provider's keys", () => {
  it("are fetched once for logins that come together, and kept for five minutes", async () => {
    const requests = await Promise.all(
      Array.from({ length: 5 }, () => provider.client().authorizationRequest()),
    );
    expect(new Set(requests.map(({ nonce }) => nonce)).size).toBe(5);
    const jwts = requests.map(({ nonce }) => provider.idToken({ claims: { nonce } }));
    await Promise.all(jwts.map((jwt) => client.verifyIdToken(jwt)));
    expect(provider.keySetRequests).toBe(1);
    provider.clock.advance(5 * MINUTE - 1000);
    await provider.signIn(client);
    expect(provider.keySetRequests).toBe(1);
    provider.clock.advance(1000);
    await provider.signIn(client);
    expect(provider.keySetRequests).toBe(2);
  });

  it("are fetched again when they rotate between two logins, seconds after the last fetch", async () => {
    await provider.signIn(client);
    provider.clock.advance(5000);
    provider.key = SECOND;
    provider.published = [SECOND.jwk];
    const token = await provider.signIn(client);
    expect(token.claims?.sub).toBe(SUBJECT);
    expect(provider.keySetRequests).toBe(2);
  });

  it("are fetched once for logins that come together after they have rotated", async () => {
    await provider.signIn(client);
    provider.key = SECOND;
    provider.published = [SECOND.jwk];
    const jwts = Array.from({ length: 5 }, () => provider.idToken());
    const claims = await Promise.all(jwts.map((jwt) => client.verifyIdToken(jwt)));
    expect(claims.map(({ sub }) => sub)).toEqual(jwts.map(() => SUBJECT));
    expect(provider.keySetRequests).toBe(2);
  });

  it("are fetched again when they rotate just before signing", async () => {
    await provider.signIn(client);
    provider.key = SECOND;
    provider.published = [FIRST.jwk, SECOND.jwk];
    await provider.signIn(client);
    expect(provider.keySetRequests).toBe(2);
  });

  /** A signature that costs nothing, for ID tokens whose key is not found anyway. */
  const unsigned = (): Buffer => Buffer.alloc(256);

  it("are fetched for made-up key ids a few times a minute at most", async () => {
    await provider.signIn(client);
    const attempts = async (): Promise<void> => {
      for (let index = 0; index < 100; index += 1) {
        const jwt = provider.idToken({
          header: { kid: `made-up-${Math.random()}` },
          sign: unsigned,
        });
        const error = await rejectionOf(client.verifyIdToken(jwt));
        expect(error).toMatchObject({ code: "KEY_SELECTION_FAILED" });
      }
    };
    await attempts();
    expect(provider.keySetRequests).toBe(1 + 5);
    provider.clock.advance(59_000);
    await attempts();
    expect(provider.keySetRequests).toBe(1 + 5 + 4);
    provider.clock.advance(1000);
    await rejectionOf(client.verifyIdToken(provider.idToken({ header: { kid: "made-up" } })));
    expect(provider.keySetRequests).toBe(1 + 5 + 5);
  });

  it("are fetched once for a thousand made-up key ids at a time", async () => {
    await provider.signIn(client);
    const jwts = Array.from({ length: 1000 }, (_, index) =>
      provider.idToken({ header: { kid: `made-up-${index}` }, sign: unsigned }),
    );
    const outcomes = await Promise.allSettled(jwts.map((jwt) => client.verifyIdToken(jwt)));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(provider.keySetRequests).toBe(2);
  });

  it("are replaced by the next fetch: a withdrawn key is refused from then on", async () => {
    await provider.signIn(client);
    provider.published = [SECOND.jwk];
    await provider.signIn(client);
    provider.clock.advance(5 * MINUTE);
    const error = await rejectionOf(provider.signIn(client));
    expect(error).toMatchObject({ code: "KEY_SELECTION_FAILED" });
  });

  const unavailable: [string, () => Answer | "cut"][] = [
    ["answers 503", () => ({ status: 503 })],
    ["is cut off", () => "cut"],
    ["answers 600 KB", () => ({ body: { keys: [FIRST.jwk, { padding: "x".repeat(600_000) }] } })],
    ["has 101 keys", () => ({ body: { keys: Array.from({ length: 101 }, () => FIRST.jwk) } })],
    ["is no JSON", () => ({ body: "<html>" })],
    ["has no keys", () => ({ body: {} })],
    ["is a JSON null", () => ({ body: "null" })],
    [
      "redirects to another origin",
      () => ({ status: 302, headers: { location: "https://elsewhere.example.com/jwks" } }),
    ],
  ];
  it.each(unavailable)("are unavailable when the key set %s", async (_name, answer) => {
    provider.keySetAnswer = answer;
    const error = await refusalAfterWaiting();
    expect(error).toMatchObject({ code: "KEY_SET_UNAVAILABLE", provider: "faulty" });
    expect(provider.keySetRequests).toBeGreaterThanOrEqual(4);
    provider.keySetAnswer = undefined;
    expect((await provider.signIn(client)).claims?.sub).toBe(SUBJECT);
  });

  it("that are unavailable do not make the error of a used code retryable", async () => {
    provider.keySetAnswer = () => ({ status: 503 });
    expect(await refusalAfterWaiting()).toMatchObject({
      code: "KEY_SET_UNAVAILABLE",
      retryable: false,
    });
  });

  it("are unavailable when the key set does not come within the timeout, ten seconds", async () => {
    provider.keySetAnswer = () => "hang";
    const verifying = rejectionOf(client.verifyIdToken(provider.idToken()));
    await until(() => provider.keySetRequests === 1);
    provider.clock.advance(9999);
    await turns();
    expect(provider.clock.pending).toBe(1);
    provider.clock.advance(1);
    expect(await verifying).toMatchObject({ code: "KEY_SET_UNAVAILABLE" });
  });

  it.each<[string, () => Answer | "cut"]>(unavailable.slice(0, 5))(
    "are used from the cache for a known key while the key set %s, and a new key is refused",
    async (_name, answer) => {
      await provider.signIn(client);
      provider.keySetAnswer = answer;
      provider.clock.advance(6 * MINUTE);
      const known = await hurry(provider.clock, provider.signIn(client));
      expect(known.claims?.sub).toBe(SUBJECT);
      provider.key = SECOND;
      const error = await rejectionOf(hurry(provider.clock, provider.signIn(client)));
      expect(error).toMatchObject({ code: "KEY_SET_UNAVAILABLE" });
    },
  );

  it("that are stale are fetched again half a minute after a failure, and not at every sign-in", async () => {
    await provider.signIn(client);
    provider.keySetAnswer = () => ({ status: 503 });
    provider.clock.advance(6 * MINUTE);
    // The first fetch and its two retries.
    await hurry(provider.clock, provider.signIn(client));
    for (let count = 0; count < 5; count += 1) await provider.signIn(client);
    expect(provider.keySetRequests).toBe(1 + 3);
    provider.clock.advance(MINUTE / 2);
    await hurry(provider.clock, provider.signIn(client));
    expect(provider.keySetRequests).toBe(1 + 3 + 3);
  });

  it("are not trusted forever while the key set is unavailable", async () => {
    await provider.signIn(client);
    provider.keySetAnswer = () => ({ status: 503 });
    provider.clock.advance(7 * 24 * 60 * MINUTE);
    expect(await rejectionOf(hurry(provider.clock, provider.signIn(client)))).toMatchObject({
      code: "KEY_SET_UNAVAILABLE",
    });
  });

  const useless: [string, unknown][] = [
    ["a symmetric key of the same kid", { kty: "oct", k: "AAAA", kid: "first", alg: "RS256" }],
    ["a null", null],
    ["a string", "key"],
    ["a list", [FIRST.jwk]],
    ["a key without material", { kty: "RSA", kid: "broken" }],
    ["a key for encryption with the same kid", { ...SECOND.jwk, kid: "first", use: "enc" }],
    ["a weak key", WEAK.jwk],
    ["a key of a type to come", { kty: "FUTURE", kid: "future" }],
  ];
  it.each(useless)("are used when there is %s among them", async (_name, key) => {
    provider.published = [key as Record<string, unknown>, FIRST.jwk];
    expect((await provider.signIn(client)).claims?.sub).toBe(SUBJECT);
  });

  it("are used when the provider writes null for missing fields", async () => {
    provider.published = [
      { ...FIRST.jwk, alg: null, use: null, key_ops: null, x5c: null, ext: null },
    ];
    expect((await provider.signIn(client)).claims?.sub).toBe(SUBJECT);
  });

  it("are refused when all are symmetric", async () => {
    provider.published = [{ kty: "oct", k: "AAAA", kid: "first", alg: "HS256" }];
    expect(await refusal()).toMatchObject({ code: "KEY_SELECTION_FAILED" });
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

describe("an ID token that comes with a refresh", () => {
  const RENEWED = "canary-access-token-after-refresh-9Zq";
  const ROTATED = "canary-refresh-token-after-refresh-4Tn";
  let before: Token;

  beforeEach(async () => {
    before = await provider.signIn(client, { claims: { auth_time: NOW, azp: "client" } });
    provider.clock.advance(MINUTE);
    provider.tokenFields = { access_token: RENEWED, refresh_token: ROTATED };
  });

  function refreshWith(fault: IdTokenFault, by: OAuth2Client = client): Promise<Token> {
    provider.fault = { ...fault, claims: { nonce: undefined, ...fault.claims } };
    return by.refreshToken(before);
  }

  it("of the same user replaces the one before, with its claims", async () => {
    const after = await refreshWith({ claims: { email: "new@example.com" } });
    expect(after.accessToken).toBe(RENEWED);
    expect(after.idToken).not.toBe(before.idToken);
    expect(after.claims).toMatchObject({ sub: SUBJECT, email: "new@example.com", iat: NOW + 60 });
  });

  it("that is left out keeps the one before", async () => {
    provider.tokenFields = { access_token: RENEWED, id_token: undefined };
    const after = await client.refreshToken(before);
    expect(after.accessToken).toBe(RENEWED);
    expect(after.idToken).toBe(before.idToken);
    expect(after.claims).toEqual(before.claims);
  });

  it("may have the nonce of the sign-in", async () => {
    const after = await refreshWith({ claims: { nonce: before.claims?.["nonce"] } });
    expect(after.accessToken).toBe(RENEWED);
  });

  it("of another user is refused, and the new token thrown away", async () => {
    const error = await rejectionOf(refreshWith({ claims: { sub: "another" } }));
    expect(error).toMatchObject({ code: "SUBJECT_MISMATCH", details: { claim: "sub" } });
    expectNoCanary(error, RENEWED, ROTATED);
    expect(client.session(before).token).toBe(before);
  });

  const refused: [string, IdTokenFault, string][] = [
    ["of another issuer", { claims: { iss: "https://evil.example.com" } }, "iss"],
    ["for another client", { claims: { aud: "other" } }, "aud"],
    ["that is unsigned", UNSIGNED, "alg"],
    ["that another key has signed", forgedWith(STRANGER), "signature"],
    [
      "whose at_hash is the old access token's",
      { claims: { at_hash: halfHash(CANARY.accessToken) } },
      "at_hash",
    ],
    ["that another client asked for", { claims: { azp: "other" } }, "azp"],
    ["with another nonce", { claims: { nonce: "another" } }, "nonce"],
    ["of another authentication", { claims: { auth_time: NOW - 5 } }, "auth_time"],
  ];
  it.each(refused)("is refused %s", async (_name, fault, claim) => {
    const error = await rejectionOf(refreshWith(fault));
    expect(error).toMatchObject({ details: { claim } });
    expect(["ID_TOKEN_INVALID", "SUBJECT_MISMATCH"]).toContain((error as OAuthError).code);
    expectNoCanary(error, RENEWED, ROTATED);
    expect(client.session(before).token).toBe(before);
  });

  it("may name the same issuer in its other accepted spelling", async () => {
    const variant = provider.client({ idToken: { issuerWithoutScheme: true } });
    const iss = provider.issuer.replace("http://", "");
    const after = await refreshWith({ claims: { iss } }, variant);
    expect(after.accessToken).toBe(RENEWED);
  });

  it("is verified with new keys even just after requests with made-up key ids", async () => {
    provider.key = SECOND;
    for (let index = 0; index < 10; index += 1) {
      const header = { kid: `made-up-${index}` };
      await rejectionOf(client.verifyIdToken(provider.idToken({ header })));
    }
    provider.published = [SECOND.jwk];
    const after = await refreshWith({ claims: { email: "new@example.com" } });
    expect(after.refreshToken).toBe(ROTATED);
    expect(after.claims).toMatchObject({ email: "new@example.com" });
  });

  it("does not lose the rotated refresh token when this machine's clock is wrong", async () => {
    provider.ahead = 10 * MINUTE;
    const after = await refreshWith({ claims: { iat: NOW + 660, exp: NOW + 1200 } });
    expect(after.refreshToken).toBe(ROTATED);
    expect(after.claims).toEqual(before.claims);
  });

  it("does not lose the rotated refresh token when the keys are unavailable", async () => {
    const afterRestart = provider.client();
    provider.keySetAnswer = () => ({ status: 503 });
    const after: unknown = await refreshWith({}, afterRestart).catch((error: unknown) => error);
    provider.keySetAnswer = undefined;
    const session = afterRestart.session(before);
    if (!(after instanceof Token)) await session.refresh();
    const sent = provider.server.received("/token").map(({ body }) => new URLSearchParams(body));
    expect(sent.filter((form) => form.get("refresh_token") === CANARY.refreshToken)).toHaveLength(
      1,
    );
    expect(session.token.refreshToken).toBe(ROTATED);
  });
});

describe("a sign-in that may not be older than maxAge", () => {
  const signedIn = async (ago: number | undefined) => {
    const request = await client.authorizationRequest({ maxAge: 60 });
    expect(new URL(request.url).searchParams.get("max_age")).toBe("60");
    const stored = JSON.parse(JSON.stringify(request)) as typeof request;
    const claims = { auth_time: ago === undefined ? undefined : NOW - ago };
    return client.fetchToken(provider.callbackFor(request, { claims }), stored);
  };

  it("is accepted when the user signed in since", async () => {
    expect((await signedIn(59)).claims?.["auth_time"]).toBe(NOW - 59);
  });

  it.each([[200], [undefined]])("is refused when that was %s seconds ago", async (ago) => {
    expect(await rejectionOf(signedIn(ago))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "auth_time" },
    });
  });

  it("is refused as an option without an ID token to check, or with a value that is not a time", async () => {
    const plain = provider.client({ issuer: undefined } as never);
    expect(await rejectionOf(plain.authorizationRequest({ maxAge: 60 }))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    for (const maxAge of [-1, 1.5, Number.NaN, 1e21]) {
      expect(await rejectionOf(client.authorizationRequest({ maxAge }))).toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    }
    const error = await rejectionOf(client.authorizationRequest({ maxAge: 60, scope: ["email"] }));
    expect(error).toMatchObject({
      problems: ["maxAge needs the scope openid: it is checked by the ID token"],
    });
  });

  const slowly = async (maxAge: number, before: number, after: number) => {
    const request = await client.authorizationRequest({ maxAge });
    provider.clock.advance((before + after) * 1000);
    const claims = { auth_time: NOW + before };
    return client.fetchToken(provider.callbackFor(request, { claims }), request);
  };

  it.each([
    ["signs in anew and reads the consent page for nine minutes", 0, 5, 540],
    ["was just young enough, and reads it as long", 60, -60, 600],
  ])("is counted from the request: the user %s", async (_name, maxAge, before, after) => {
    const token = await slowly(maxAge, before, after);
    expect(token.claims?.["auth_time"]).toBe(NOW + before);
  });

  it.each([
    ["was not asked again", 0, -31, 60],
    ["was too old when the request was made", 60, -91, 120],
    ["is dated to come, as one in milliseconds is", 60, NOW * 999, 5 - NOW * 999],
  ])(
    "is refused however long the user took: the sign-in %s",
    async (_name, maxAge, before, after) => {
      expect(await rejectionOf(slowly(maxAge, before, after))).toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "auth_time" },
      });
    },
  );

  it.each([{ id_token: undefined }, { id_token: undefined, scope: "email" }])(
    "is refused without an ID token, whatever was granted: %j",
    async (fields) => {
      provider.tokenFields = fields;
      expect(await rejectionOf(signedIn(1))).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        details: { field: "id_token" },
      });
    },
  );

  it("is refused by the implicit grant without an ID token", async () => {
    const request = await client.authorizationRequest({ maxAge: 60, responseType: "token" });
    const callback = `https://app.example.com/callback#access_token=${CANARY.accessToken}&token_type=bearer&state=${request.state}`;
    expect(await rejectionOf(client.tokenFromFragment(callback, request))).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "id_token" },
    });
  });

  it.each([["60"], [null], [-1], [Number.NaN]])(
    "is refused before the code exchange when the stored maxAge is not a number: %p",
    async (maxAge) => {
      const request = { ...(await client.authorizationRequest({ maxAge: 60 })), maxAge };
      const callback = provider.callbackFor(request as never, { claims: { auth_time: NOW } });
      expect(await rejectionOf(client.fetchToken(callback, request as never))).toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
      expect(provider.server.requests).toEqual([]);
    },
  );

  it("names a wrong clock, and does not send the user back", async () => {
    provider.ahead = -2 * MINUTE;
    expect(await rejectionOf(signedIn(2 * 60))).toMatchObject({
      code: "CLOCK_SKEW",
      details: { seconds: 120 },
    });
  });

  it("ends with the sign-in: a later refresh is checked for neither maxAge nor nonce", async () => {
    const token = await signedIn(59);
    provider.clock.advance(60 * MINUTE);
    provider.fault = { claims: { auth_time: NOW - 59, nonce: undefined } };
    provider.tokenFields = { access_token: "canary-access-token-after-an-hour" };
    const after = await client.refreshToken(token);
    expect(after.claims).toMatchObject({ auth_time: NOW - 59, iat: NOW + 3600 });
  });
});
