import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ClientAuthentication,
  clientSecretJwt,
  ConfigurationError,
  isOAuthError,
  OAuth2Client,
  type OAuth2ClientOptions,
  privateKeyJwt,
  tlsClientAuth,
} from "@grantkit/core";
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { makeCertificate } from "./support/certificate.ts";
import { TokenEndpoint } from "./support/token-endpoint.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pemOf = (key: typeof privateKey): string =>
  key.export({ format: "pem", type: key.type === "private" ? "pkcs8" : "spki" }).toString();

const ID = "my app:1";
const SECRET = `${CANARY.clientSecret} ü%:+/`;

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});

afterEach(() => endpoint.close());

function client(
  clientAuthentication: ClientAuthentication,
  options: Partial<OAuth2ClientOptions> = {},
): OAuth2Client {
  const { origin } = endpoint.server;
  return endpoint.client(
    {
      endpoints: {
        authorization: `${origin}/authorize`,
        token: `${origin}/token`,
        revocation: `${origin}/revoke`,
        pushedAuthorization: `${origin}/par`,
      },
    },
    { clientId: ID, clientSecret: SECRET, clientAuthentication, ...options },
  );
}

const refresh = (of: OAuth2Client) =>
  of.refreshToken({ accessToken: CANARY.accessToken, refreshToken: CANARY.refreshToken });

/** The fields and headers of the request that authenticate the client. */
function proofs(): Record<string, unknown> {
  const { grant_type: _grant, refresh_token: _token, ...form } = endpoint.form();
  return { authorization: endpoint.requests[0]?.headers.authorization, ...form };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a client proves who it is in one way", () => {
  it.each<[string, ClientAuthentication, Record<string, unknown>]>([
    ["post", "post", { client_id: ID, client_secret: SECRET }],
    // RFC 6749 appendix B: UTF-8, form-encoded, then base64.
    [
      "basic",
      "basic",
      {
        authorization: `Basic ${base64(`my+app%3A1:${CANARY.clientSecret}+%C3%BC%25%3A%2B%2F`)}`,
      },
    ],
    ["basicRaw", "basicRaw", { authorization: `Basic ${base64(`${ID}:${SECRET}`)}` }],
    ["none", "none", { client_id: ID }],
    ["tlsClientAuth", tlsClientAuth(), { client_id: ID }],
    [
      "privateKeyJwt",
      privateKeyJwt({ key: privateKey }),
      {
        client_id: ID,
        client_assertion: expect.any(String),
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      },
    ],
    [
      "clientSecretJwt",
      clientSecretJwt(),
      {
        client_id: ID,
        client_assertion: expect.any(String),
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      },
    ],
    [
      "a function",
      ({ form, headers, clientId, clientSecret }) => {
        form.set("app", clientId);
        headers.set("authorization", `Key ${clientSecret?.length}`);
      },
      { app: ID, authorization: `Key ${SECRET.length}` },
    ],
    [
      "a function that takes its time",
      async ({ form }) => {
        await Promise.resolve();
        form.set("app", "later");
      },
      { app: "later" },
    ],
  ])("%s", async (_name, chosen, expected) => {
    await refresh(client(chosen));
    expect(proofs()).toEqual({ authorization: undefined, ...expected });
  });

  it("and refuses, before anything is sent, a hook that adds a second way", async () => {
    for (const [chosen, body] of [
      ["basic", { client_secret: SECRET }],
      ["post", { client_assertion: "a.b.c" }],
    ] as const) {
      const of = client(chosen, {
        hooks: {
          refreshRequest: (value) => ({ ...value, body: { ...value.body, ...body } }),
        },
      });
      const error = await rejectionOf(refresh(of));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
      expectNoCanary(error, SECRET);
    }
    expect(endpoint.server.requests).toEqual([]);
  });

  it("and ignores axios's own auth option", async () => {
    await refresh(client("post", { http: { auth: { username: "u", password: "p" } } }));
    expect(proofs()).toMatchObject({ authorization: undefined, client_secret: SECRET });
  });

  it("and passes on the error of a clientAuthentication function, with nothing sent", async () => {
    const own = new Error("the vault is closed");
    const of = client(() => {
      throw own;
    });
    await expect(refresh(of)).rejects.toBe(own);
    expect(endpoint.server.requests).toEqual([]);
  });
});

describe("a signed assertion", () => {
  const claimsOf = (form: Record<string, string>): Record<string, unknown> =>
    JSON.parse(
      Buffer.from(form["client_assertion"]?.split(".")[1] ?? "", "base64url").toString(),
    ) as Record<string, unknown>;

  it("has the issuer as audience at every endpoint, or the token endpoint when the provider has no issuer", async () => {
    const of = client(privateKeyJwt({ key: privateKey }));
    endpoint.answer(({ url }) =>
      url === "/par" ? { status: 201, body: { request_uri: "urn:x", expires_in: 60 } } : {},
    );
    await of.revokeToken("t");
    await of.authorizationRequest({ pushed: true });
    expect(endpoint.server.requests.map(({ url }) => url)).toEqual(["/revoke", "/par"]);
    for (const { body } of endpoint.server.requests) {
      // RFC 7523 §3: the token endpoint's URL may stand for the server.
      expect(claimsOf(Object.fromEntries(new URLSearchParams(body)))["aud"]).toBe(
        `${endpoint.server.origin}/token`,
      );
    }
  });

  it("has the audience that the client sets, and lives a minute by the client's clock", async () => {
    await refresh(client(privateKeyJwt({ key: privateKey, audience: "https://as.example.com" })));
    const { seconds } = endpoint.clock;
    expect(claimsOf(endpoint.form())).toEqual({
      iss: ID,
      sub: ID,
      aud: "https://as.example.com",
      iat: seconds,
      nbf: seconds,
      exp: seconds + 60,
      jti: expect.any(String),
    });
  });

  it("has the key's id in its header", async () => {
    const jwk = { ...privateKey.export({ format: "jwk" }), kid: "of-the-jwk" };
    for (const [option, kid] of [
      [{ key: jwk }, "of-the-jwk"],
      [{ key: jwk, keyId: "of-the-option" }, "of-the-option"],
      [{ key: privateKey }, undefined],
    ] as const) {
      endpoint.server.requests.length = 0;
      await refresh(client(privateKeyJwt(option)));
      const [header] = endpoint.form()["client_assertion"]?.split(".") ?? [];
      expect(JSON.parse(Buffer.from(header as string, "base64url").toString())).toEqual({
        alg: "ES256",
        ...(kid && { kid }),
      });
    }
  });
});

describe("a key with a certificate", () => {
  const made = makeCertificate("my-app");
  const [key, cert] = [made.key.toString(), made.cert.toString()];
  const thumbprint = createHash("sha256").update(new X509Certificate(cert).raw).digest("base64url");

  it.each([
    ["the certificate", cert],
    ["the key and the certificate in one file", `${key}${cert}`],
    ["the certificate on one line, as in an environment variable", cert.replaceAll("\n", "\\n")],
    ["a chain, of which it is the first", `${cert}${makeCertificate("ca").cert.toString()}`],
  ])("names the thumbprint of %s in the assertion's header", async (_name, certificate) => {
    await refresh(client(privateKeyJwt({ key, certificate })));
    const [header] = endpoint.form()["client_assertion"]?.split(".") ?? [];
    expect(JSON.parse(Buffer.from(header as string, "base64url").toString())).toEqual({
      alg: "ES256",
      typ: "JWT",
      "x5t#S256": thumbprint,
    });
  });

  it.each([
    ["a key", key],
    ["nothing", ""],
    ["junk", `${cert.slice(0, 27)}\n!!\n-----END`],
  ])("refuses %s in place of the certificate", (_name, certificate) => {
    const make = () => client(privateKeyJwt({ key, certificate }));
    expect(make).toThrow(/certificate must be an X\.509 certificate in PEM/);
  });
});

describe("a bad key", () => {
  const pem = pemOf(privateKey);
  it.each<[name: string, key: unknown, algorithm?: string]>([
    ["a public key as PEM", pemOf(publicKey)],
    ["a public key as JWK", publicKey.export({ format: "jwk" })],
    ["a public key as KeyObject", publicKey],
    ["an RSA key of 1024 bits", short.privateKey],
    ["junk", CANARY.clientSecret],
    [
      "junk in PEM's clothes",
      `-----BEGIN PRIVATE KEY-----\n${CANARY.clientSecret}\n-----END PRIVATE KEY-----`,
    ],
    ["half a PEM", pem.slice(0, 100)],
    [
      "a PEM that is encrypted",
      rsa.privateKey.export({
        format: "pem",
        type: "pkcs8",
        cipher: "aes-256-cbc",
        passphrase: "x",
      }),
    ],
    ["a JWK of a secret", { kty: "oct", k: "Y2FuYXJ5" }],
    ["a JWK that is broken", { ...privateKey.export({ format: "jwk" }), x: "AA" }],
    ["an object", {}],
    ["a number", 7],
    ["a key for another algorithm", privateKey, "RS256"],
    ["a key for a secret's algorithm", rsa.privateKey, "HS256"],
    ["a key for no algorithm", rsa.privateKey, "none"],
  ])(
    "is refused with a ConfigurationError that does not show it: %s",
    async (...[, key, algorithm]) => {
      const of = client(privateKeyJwt({ key: key as string, algorithm }));
      const error = await rejectionOf(refresh(of));
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
      const { d } = privateKey.export({ format: "jwk" }) as { d: string };
      expectNoCanary(error, d, pem.split("\n")[1] as string);
      expect(endpoint.server.requests).toEqual([]);
      // Nor as a key with options.
      const assertion = client("post").fetchJwtBearerToken({
        claims: {},
        key: key as string,
        ...(algorithm && { algorithm }),
      });
      expect(await rejectionOf(assertion)).toMatchObject({ code: "CONFIGURATION_INVALID" });
      expect(endpoint.server.requests).toEqual([]);
    },
  );

  it.each<[string, unknown]>([
    ["no key", { method: "private_key_jwt" }],
    ["an empty key", privateKeyJwt({ key: "" })],
    ["a null key", privateKeyJwt({ key: null as never })],
    ["an unknown word", "digest"],
    ["an object of another kind", { method: "magic" }],
  ])("is refused when the client is created: %s", (_name, chosen) => {
    const make = () => client(chosen as ClientAuthentication);
    expect(make).toThrow(ConfigurationError);
  });

  it.each<[string, ClientAuthentication]>([
    ["post", "post"],
    ["basic", "basic"],
    ["basicRaw", "basicRaw"],
    ["clientSecretJwt", clientSecretJwt()],
  ])(
    "or a missing secret is refused when the client is created: %s",
    (_name, clientAuthentication) => {
      const { provider } = endpoint.client();
      const make = () => new OAuth2Client(provider, { clientId: ID, clientAuthentication });
      expect(make).toThrow(/clientSecret is missing/);
    },
  );
});

describe("the JWT bearer grant", () => {
  const partOf = (part: number): Record<string, unknown> =>
    JSON.parse(
      Buffer.from(endpoint.form()["assertion"]?.split(".")[part] ?? "", "base64url").toString(),
    ) as Record<string, unknown>;

  it("signs what RFC 7523 §3 asks for", async () => {
    await client("none").fetchJwtBearerToken({
      claims: { sub: "jane@example.com" },
      key: privateKey,
      keyId: "16",
      scope: ["read"],
    });
    const { seconds } = endpoint.clock;
    expect(partOf(0)).toEqual({ typ: "JWT", alg: "ES256", kid: "16" });
    expect(partOf(1)).toEqual({
      iss: ID,
      sub: "jane@example.com",
      aud: `${endpoint.server.origin}/token`,
      iat: seconds,
      exp: seconds + 300,
      jti: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(endpoint.form()).toMatchObject({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      client_id: ID,
      scope: "read",
    });
  });

  it("lets the caller's claims override its own", async () => {
    const claims = { iss: "svc", aud: "https://as.example.com", exp: 1, iat: 0, jti: "a", x: [1] };
    await client("none").fetchJwtBearerToken({ claims, key: pemOf(rsa.privateKey) });
    expect(partOf(1)).toEqual(claims);
    expect(partOf(0)).toEqual({ typ: "JWT", alg: "RS256" });
  });

  it("reports claims that cannot be signed", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    for (const claims of [cyclic, { big: 1n }]) {
      const call = client("none").fetchJwtBearerToken({ claims, key: privateKey });
      expect(await rejectionOf(call)).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
    expect(endpoint.server.requests).toEqual([]);
  });

  it("imports a key once, and each further key once", async () => {
    const of = client("none");
    let reads = 0;
    const jwk = privateKey.export({ format: "jwk" }) as Record<string, string>;
    const counted = (): Record<string, string> =>
      Object.defineProperty({ ...jwk }, "d", {
        enumerable: true,
        get: () => {
          reads += 1;
          return jwk["d"];
        },
      });
    const key = counted();
    await of.fetchJwtBearerToken({ claims: {}, key: key as never });
    const once = reads;
    expect(once).toBeGreaterThan(0);
    for (let call = 0; call < 3; call += 1) {
      await of.fetchJwtBearerToken({ claims: {}, key: key as never });
    }
    expect(reads).toBe(once);
    await of.fetchJwtBearerToken({ claims: {}, key: counted() as never });
    expect(reads).toBe(2 * once);
  });

  it("accepts a good key after a bad one", async () => {
    const of = client("none");
    const bad = of.fetchJwtBearerToken({ claims: {}, key: "junk" });
    expect(isOAuthError(await rejectionOf(bad))).toBe(true);
    await of.fetchJwtBearerToken({ claims: {}, key: privateKey });
    expect(endpoint.requests).toHaveLength(1);
  });
});
