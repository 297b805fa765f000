import {
  type AuthorizationRequest,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type ProviderDefinition,
  type Token,
} from "@grantkit/core";
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { CANARY } from "./canaries.ts";
import { FakeClock } from "./fake-clock.ts";
import { type Answer, type Answering, LoopbackServer } from "./loopback-server.ts";

/** A key that a provider signs with, and its public half as the key set has it. */
export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** What is wrong with an ID token; everything else is valid. */
export interface IdTokenFault {
  /** Claims to set; an undefined one is removed. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Header fields to set; an undefined one is removed. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Changes the payload's JSON text before it is signed. */
  readonly payload?: (json: string) => string;
  /** Makes another signature than the key's. */
  readonly sign?: (input: string) => Buffer;
}

/** The subject of a valid ID token of this provider. */
export const SUBJECT: string = CANARY.idToken;

/** A new key for an algorithm. */
export function signingKey(alg: string, kid: string, bits = 2048): SigningKey {
  const pair =
    alg === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : alg === "EdDSA"
        ? generateKeyPairSync("ed25519")
        : generateKeyPairSync("rsa", { modulusLength: bits });
  const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
  return { alg, kid, ...pair, jwk };
}

/** Signs a text by an algorithm's name, without jose: the tested code must not verify itself. */
export function signature(alg: string, key: KeyObject | string, input: string): Buffer {
  const data = Buffer.from(input);
  const hash = `sha${alg.slice(2)}`;
  if (alg === "none") return Buffer.alloc(0);
  if (alg === "EdDSA") return sign(null, data, key);
  if (alg.startsWith("HS")) return createHmac(hash, key).update(data).digest();
  if (alg.startsWith("ES")) {
    return sign(hash, data, { key: key as KeyObject, dsaEncoding: "ieee-p1363" });
  }
  // RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING
  const padding = alg.startsWith("PS") ? 6 : 1;
  return sign(hash, data, {
    key: key as KeyObject,
    padding,
    ...(padding === 6 && { saltLength: 32 }),
  });
}

/** The left half of a hash, as `at_hash` has it (OpenID Connect Core §3.1.3.6). */
export function halfHash(accessToken: string, hash = "sha256"): string {
  const digest = createHash(hash).update(accessToken).digest();
  return digest.subarray(0, digest.length / 2).toString("base64url");
}

/** An OpenID provider that can be made to misbehave in one point at a time. */
export class FaultyProvider {
  readonly clock = new FakeClock();
  readonly server: LoopbackServer;
  /** What the provider signs with. */
  key: SigningKey;
  /** What its key set has. */
  published: readonly Readonly<Record<string, unknown>>[];
  /** Answers key set requests instead of `published`. */
  keySetAnswer: (() => Answer | "hang" | "cut") | undefined;
  /** What is wrong with the next ID tokens. */
  fault: IdTokenFault = {};
  /** Fields of the token response to set; an undefined one is removed. */
  tokenFields: Readonly<Record<string, unknown>> = {};
  userInfo: Readonly<Record<string, unknown>> = { sub: SUBJECT };
  /** How far the provider's clock is ahead of the client's, in milliseconds. */
  ahead = 0;
  /** Whether responses have a Date header. */
  sendsDate = true;
  /** A prefix of every endpoint's path, which only the metadata name. */
  prefix = "";
  /** Fields of the metadata to set; an undefined one is removed. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Answers of single paths, instead of the provider's own. */
  readonly answers = new Map<string, Answering>();
  #nonce: string | undefined;

  private constructor(server: LoopbackServer, key: SigningKey) {
    this.server = server;
    this.key = key;
    this.published = [key.jwk];
    server.answer = (request, response) => {
      // Responses have the test's Date, not the machine's.
      response.sendDate = false;
      const instead = this.answers.get(request.url);
      return instead ? instead(request, response) : this.#answer(request.url);
    };
  }

  static async start(key: SigningKey): Promise<FaultyProvider> {
    return new FaultyProvider(await LoopbackServer.start(), key);
  }

  get issuer(): string {
    return this.server.origin;
  }

  /** How often the key set was asked for. */
  get keySetRequests(): number {
    return this.server.received("/jwks").length;
  }

  /** A client that knows this provider only by its metadata. */
  discover(options: Partial<OAuth2ClientOptions> = {}): Promise<OAuth2Client> {
    return OAuth2Client.discover(this.issuer, {
      clientId: "client",
      clientSecret: CANARY.clientSecret,
      redirectUri: "https://app.example.com/callback",
      clock: this.clock,
      provider: { name: "faulty", defaultScope: ["openid"] },
      ...options,
    });
  }

  /** A client of this provider. */
  client(
    definition: Partial<ProviderDefinition> = {},
    options: Partial<OAuth2ClientOptions> = {},
  ): OAuth2Client {
    const { origin } = this.server;
    return new OAuth2Client(
      defineProvider({
        name: "faulty",
        issuer: this.issuer,
        endpoints: {
          authorization: `${origin}/authorize`,
          token: `${origin}/token`,
          userInfo: `${origin}/userinfo`,
          jwks: `${origin}/jwks`,
        },
        defaultScope: ["openid"],
        ...definition,
      }),
      {
        clientId: "client",
        clientSecret: CANARY.clientSecret,
        redirectUri: "https://app.example.com/callback",
        clock: this.clock,
        ...options,
      },
    );
  }

  /** Signs a user in, and reads the user info. */
  async signIn(client: OAuth2Client, fault: IdTokenFault = {}): Promise<Token> {
    const request = await client.authorizationRequest();
    const token = await client.fetchToken(this.callbackFor(request, fault), request);
    await client.userInfo(token);
    return token;
  }

  /** The callback that answers an authorization request; the ID token that follows has the fault. */
  callbackFor(request: AuthorizationRequest, fault: IdTokenFault = {}): string {
    this.fault = fault;
    this.#nonce = request.nonce;
    return `/callback?code=${CANARY.code}&state=${request.state}`;
  }

  /** An ID token with a fault. */
  idToken({ claims, header, payload: edit, sign: forge }: IdTokenFault = {}): string {
    const now = Math.floor((this.clock.now() + this.ahead) / 1000);
    const protectedHeader = { alg: this.key.alg, kid: this.key.kid, typ: "JWT", ...header };
    const payload = {
      iss: this.issuer,
      sub: SUBJECT,
      aud: "client",
      exp: now + 3600,
      iat: now,
      nonce: this.#nonce,
      ...claims,
    };
    const json = JSON.stringify(payload);
    const input = [JSON.stringify(protectedHeader), edit ? edit(json) : json]
      .map((part) => Buffer.from(part).toString("base64url"))
      .join(".");
    const made = forge ? forge(input) : signature(protectedHeader.alg, this.key.privateKey, input);
    return `${input}.${made.toString("base64url")}`;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  #answer(url: string): Answer | "hang" | "cut" {
    const date: Record<string, string> = this.sendsDate
      ? { date: new Date(this.clock.now() + this.ahead).toUTCString() }
      : {};
    if (url === "/.well-known/openid-configuration") return { body: this.#metadata() };
    if (!url.startsWith(this.prefix)) return { status: 404 };
    const path = url.slice(this.prefix.length);
    if (path === "/token") return { headers: date, body: this.#tokenResponse() };
    if (path === "/jwks") return this.keySetAnswer?.() ?? { body: { keys: this.published } };
    if (path === "/userinfo") return { body: this.userInfo };
    return { status: 404 };
  }

  #metadata(): Record<string, unknown> {
    const base = `${this.issuer}${this.prefix}`;
    return {
      issuer: this.issuer,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      userinfo_endpoint: `${base}/userinfo`,
      jwks_uri: `${base}/jwks`,
      end_session_endpoint: `${base}/logout`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: [this.key.alg],
      ...this.metadata,
    };
  }

  #tokenResponse(): Record<string, unknown> {
    return {
      access_token: CANARY.accessToken,
      token_type: "Bearer",
      expires_in: 3600,
      refresh_token: CANARY.refreshToken,
      id_token: this.idToken(this.fault),
      ...this.tokenFields,
    };
  }
}
