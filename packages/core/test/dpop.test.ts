import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  generateDpopKey,
  OAuth2Client,
  type OAuth2ClientOptions,
  Token,
} from "@grantkit/core";
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { createHash, generateKeyPairSync } from "node:crypto";
import { rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { type Answer, LoopbackServer, type ReceivedRequest } from "./support/loopback-server.ts";

/** A server that enforces RFC 9449 at its token endpoint and its API. */
class BindingServer {
  readonly #server: LoopbackServer;
  readonly #clock: FakeClock;
  readonly #seen = new Set<string>();
  /** Access token → thumbprint of the key that it is bound to. */
  readonly bound = new Map<string, string>();
  /** The nonce that the server asks for; none when undefined. */
  nonce: string | undefined;
  tokenType = "DPoP";
  lifetime = 3600;
  #issued = 0;

  constructor(server: LoopbackServer, clock: FakeClock) {
    this.#server = server;
    this.#clock = clock;
    server.answer = (request) => this.#answer(request);
  }

  received(path: string): readonly ReceivedRequest[] {
    return this.#server.received(path);
  }

  async #answer(request: ReceivedRequest): Promise<Answer> {
    const isToken = request.url.startsWith("/token");
    const refusal = (error: string): Answer =>
      isToken
        ? { status: 400, body: { error }, headers: this.#nonceHeader() }
        : {
            status: 401,
            headers: { "www-authenticate": `DPoP error="${error}"`, ...this.#nonceHeader() },
          };
    const proof = request.headers["dpop"];
    if (typeof proof !== "string") return refusal("invalid_dpop_proof");
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: "dpop+jwt",
      algorithms: ["ES256", "RS256", "EdDSA", "Ed25519"],
      currentDate: new Date(this.#clock.now()),
      maxTokenAge: "1 minute",
    });
    if (Object.hasOwn(protectedHeader.jwk as JWK, "d")) return refusal("private_key_in_proof");
    if (this.#seen.has(payload.jti as string)) return refusal("replayed_proof");
    this.#seen.add(payload.jti as string);
    const url = new URL(request.url, this.#server.origin);
    if (payload["htm"] !== request.method) return refusal("wrong_htm");
    if (payload["htu"] !== `${url.origin}${url.pathname}`) return refusal("wrong_htu");
    if (payload["nonce"] !== this.nonce) return refusal("use_dpop_nonce");
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
    return isToken ? this.#issue(thumbprint) : this.#serve(request, payload["ath"], thumbprint);
  }

  #nonceHeader(): Record<string, string> {
    return this.nonce === undefined ? {} : { "dpop-nonce": this.nonce };
  }

  #issue(thumbprint: string): Answer {
    this.#issued += 1;
    const accessToken = `at-${this.#issued}`;
    this.bound.set(accessToken, thumbprint);
    return {
      body: {
        access_token: accessToken,
        token_type: this.tokenType,
        expires_in: this.lifetime,
        refresh_token: `rt-${this.#issued}`,
      },
    };
  }

  #serve(request: ReceivedRequest, hash: unknown, thumbprint: string): Answer {
    const token = /^DPoP (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (this.bound.get(token) !== thumbprint) return { status: 401 };
    if (hash !== createHash("sha256").update(token).digest("base64url")) return { status: 401 };
    return { body: { token, path: request.url } };
  }
}

let server: LoopbackServer;
let clock: FakeClock;
let binding: BindingServer;

beforeEach(async () => {
  server = await LoopbackServer.start();
  clock = new FakeClock();
  binding = new BindingServer(server, clock);
});

afterEach(() => server.close());

function client(options: Partial<OAuth2ClientOptions> = {}): OAuth2Client {
  const { origin } = server;
  return new OAuth2Client(
    defineProvider({
      name: "example",
      endpoints: { authorization: `${origin}/authorize`, token: `${origin}/token` },
      api: { baseUrl: `${origin}/api` },
    }),
    {
      clientId: "client",
      redirectUri: "https://app.example.com/callback",
      dpop: true,
      clock,
      ...options,
    },
  );
}

async function signIn(of: OAuth2Client): Promise<Token> {
  const request = await of.authorizationRequest();
  return of.fetchToken(`/callback?code=c&state=${request.state}`, request);
}

describe("a client with the dpop option", () => {
  it("binds code and token to its key", async () => {
    const bound = client();
    const request = await bound.authorizationRequest();
    const named = new URL(request.url).searchParams.get("dpop_jkt");
    const token = await bound.fetchToken(`/callback?code=c&state=${request.state}`, request);
    expect(token.tokenType).toBe("dpop");
    expect(named).toBe(binding.bound.get(token.accessToken));
  });

  it("sends a proof with each API request, by axios and fetch, whose htu has no query", async () => {
    const bound = client();
    const session = bound.session(await signIn(bound));
    expect((await session.get("/me", { params: { page: 2 } })).data.path).toBe("/api/me?page=2");
    expect(await (await session.fetch("/me?page=3")).json()).toMatchObject({
      path: "/api/me?page=3",
    });
    expect((await session.post("/me", { a: 1 })).status).toBe(200);
    const viaInstance = await (await session.axios()).delete("/me");
    expect(viaInstance.status).toBe(200);
    expect(binding.received("/api")).toHaveLength(4);
  });

  it("repeats a request once with the nonce that a server asks for, and keeps the nonce", async () => {
    const bound = client();
    binding.nonce = "first";
    const session = bound.session(await signIn(bound));
    expect(binding.received("/token")).toHaveLength(2);
    await session.get("/me");
    // The token endpoint and the API are one origin here: its nonce is known already.
    expect(binding.received("/api")).toHaveLength(1);
    binding.nonce = "second";
    await session.get("/me");
    await session.fetch("/me");
    expect(binding.received("/api")).toHaveLength(4);
  });

  it("gives up when the server asks for a nonce a second time", async () => {
    const bound = client();
    const session = bound.session(await signIn(bound));
    let count = 0;
    server.answer = () => {
      count += 1;
      return {
        status: 401,
        headers: {
          "www-authenticate": 'DPoP error="use_dpop_nonce"',
          "dpop-nonce": `nonce-${count}`,
        },
      };
    };
    expect((await session.fetch("/me")).status).toBe(401);
    expect(binding.received("/api")).toHaveLength(2);
    expect(binding.received("/token")).toHaveLength(1);
  });

  it("keeps two users apart in 100 parallel calls that are all asked for a nonce", async () => {
    const bound = client();
    const sessions = [bound.session(await signIn(bound)), bound.session(await signIn(bound))];
    binding.nonce = "late";
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const session = sessions[index % 2] as (typeof sessions)[number];
        const { data } = await session.get(`/items/${index}`);
        return { ...data, expected: session.token.accessToken, index };
      }),
    );
    for (const { token, path, expected, index } of answers) {
      expect(token).toBe(expected);
      expect(path).toBe(`/api/items/${index}`);
    }
  });

  it("does not send a stream twice", async () => {
    const bound = client();
    const session = bound.session(await signIn(bound));
    binding.nonce = "late";
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("once"));
        controller.close();
      },
    });
    expect((await session.fetch("/upload", { method: "POST", body })).status).toBe(401);
    expect(binding.received("/api")).toHaveLength(1);
  });

  it("takes neither the token nor a proof to another origin", async () => {
    const other = await LoopbackServer.start();
    other.answer = () => ({ body: {} });
    const bound = client();
    const session = bound.session(await signIn(bound));
    server.answer = () => ({ status: 302, headers: { location: `${other.origin}/elsewhere` } });
    await session.get("/me");
    await session.fetch("/me");
    expect(other.received("/elsewhere")).toHaveLength(2);
    for (const { headers } of other.received("/elsewhere")) {
      expect(headers["dpop"]).toBeUndefined();
      expect(headers.authorization).toBeUndefined();
    }
    await other.close();
  });

  it("refreshes with a proof of the same key", async () => {
    const bound = client();
    const first = await signIn(bound);
    clock.advance(3_600_000);
    const session = bound.session(first);
    await session.get("/me");
    expect(binding.bound.get(session.token.accessToken)).toBe(binding.bound.get(first.accessToken));
  });

  it("refuses a token that is not bound to the key", async () => {
    binding.tokenType = "Bearer";
    const error = await rejectionOf(signIn(client()));
    expect(error).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "token_type" },
    });
  });

  it("a client without the option refuses a bound token, new or stored, and never sends it", async () => {
    const unbound = client({ dpop: undefined } as never);
    server.answer = () => ({ body: { access_token: "at-9", token_type: "DPoP" } });
    expect(await rejectionOf(signIn(unbound))).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
    const stored = Token.from({ accessToken: "at-9", tokenType: "dpop" });
    const session = unbound.session(stored);
    expect(await rejectionOf(session.get("/me"))).toMatchObject({ code: "TOKEN_INVALID" });
    expect(await rejectionOf(session.fetch("/me"))).toMatchObject({ code: "TOKEN_INVALID" });
    expect(binding.received("/api")).toHaveLength(0);
  });
});

describe("the key of the dpop option", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

  it.each([
    ["generateDpopKey()", () => generateDpopKey().then((key) => ({ key }))],
    ["a JWK", () => Promise.resolve({ key: ec.export({ format: "jwk" }) })],
    [
      "a PEM",
      () => Promise.resolve({ key: rsa.export({ type: "pkcs8", format: "pem" }) as string }),
    ],
    ["a KeyObject", () => Promise.resolve({ key: ec as never })],
    [
      "an Ed25519 key",
      () => Promise.resolve({ key: generateKeyPairSync("ed25519").privateKey as never }),
    ],
    [
      "a pair that cannot be exported",
      () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]),
    ],
  ] as const)("can be %s", async (_name, make) => {
    const bound = client({ dpop: await make() });
    const { data } = await bound.session(await signIn(bound)).get("/me");
    expect(data.path).toBe("/api/me");
  });

  it("is the same for all clients that are created with the same stored key", async () => {
    const key = JSON.parse(JSON.stringify(await generateDpopKey())) as JWK;
    const token = await signIn(client({ dpop: { key } }));
    const later = client({ dpop: { key: { ...key } } });
    const { data } = await later.session(Token.from(JSON.parse(JSON.stringify(token)))).get("/me");
    expect(data.token).toBe(token.accessToken);
  });

  it.each([
    ["a public key", () => ({ key: generateKeyPairSync("ed25519").publicKey as never })],
    ["text", () => ({ key: "s3cret-canary-that-is-no-key" })],
    [
      "an RSA key of 1024 bits",
      () => ({ key: generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey as never }),
    ],
  ])("cannot be %s: nothing is sent, and the error does not show it", async (_name, make) => {
    const error = await rejectionOf(client({ dpop: make() }).authorizationRequest());
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(JSON.stringify(error)).not.toContain("s3cret-canary");
    expect(binding.received("/")).toHaveLength(0);
  });
});
