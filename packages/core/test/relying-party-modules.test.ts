import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  type CallbackInput,
  isOAuthError,
  type OAuth2Client,
  type OAuthError,
  tlsClientAuth,
  type Token,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  halfHash,
  type IdTokenFault,
  signature,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";
import { turns } from "./support/turns.ts";

// The OpenID Foundation's test modules for relying parties, by name. Each shows that a provider's fault is refused with a
// typed error, that nothing is sent after it, and that the error shows no secret.

const FIRST = signingKey("RS256", "first");
const SECOND = signingKey("RS256", "second");
const ELLIPTIC = signingKey("ES256", "elliptic");
const CALLBACK = "https://app.example.com/callback";

type ResponseMode = "query" | "form_post";

let provider: FaultyProvider;
let client: OAuth2Client;
/** A second server, for modules that have one. */
let elsewhere: LoopbackServer | undefined;

beforeEach(async () => {
  elsewhere = undefined;
  provider = await FaultyProvider.start(FIRST);
  client = provider.client();
});

afterEach(() => Promise.all([provider.close(), elsewhere?.close()]));

/** The requested paths, in order. */
function paths(): string[] {
  return provider.server.requests.map(({ url }) => url);
}

/** Checks for an error of a type, and that no more than the given requests were sent. */
async function expectRefusal(
  attempt: Promise<unknown>,
  code: OAuthError["code"],
  sent: readonly string[],
  details?: object,
): Promise<void> {
  const error = await rejectionOf(attempt);
  if (!isOAuthError(error)) throw error;
  expect(error).toMatchObject({ code, provider: "faulty", ...(details && { details }) });
  expectNoCanary(error, ...secretParts(provider.idToken(provider.fault)));
  await turns();
  expect(paths()).toEqual(sent);
}

/** Payload and signature of a JWT, which are long enough not to be found by chance. */
function secretParts(jwt: string): string[] {
  return jwt.split(".").filter((part, index) => index > 0 && part.length > 40);
}

/** The answer to an authorization request, as the user's browser brings it. */
function deliver(query: string, mode: ResponseMode = "query"): CallbackInput {
  if (mode === "query") return `${CALLBACK}?${query}`;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return new Request(CALLBACK, { method: "POST", headers, body: query });
}

/** A sign-in and a user info request, as in each module. */
async function signIn(
  by: OAuth2Client,
  fault: IdTokenFault = {},
  mode: ResponseMode = "query",
): Promise<Token> {
  const request = await by.authorizationRequest({ responseMode: mode });
  const query = provider.callbackFor(request, fault).split("?")[1] as string;
  const token = await by.fetchToken(deliver(query, mode), request);
  expect(await by.userInfo(token)).toMatchObject({ sub: SUBJECT });
  return token;
}

const TOKEN = ["/token"];
const KEYS = ["/token", "/jwks"];
const ALL = ["/token", "/jwks", "/userinfo"];
const UNSIGNED: IdTokenFault = { header: { alg: "none", kid: undefined }, sign: () => Buffer.of() };
const BROKEN: IdTokenFault = {
  sign: (input) => signature("RS256", FIRST.privateKey, `${input}.`),
};
const PUBLIC_PEM = FIRST.publicKey.export({ type: "spki", format: "pem" }) as string;

describe.each<[string, ResponseMode]>([
  ["Basic", "query"],
  ["Form Post", "form_post"],
])("the %s plan", (_plan, mode) => {
  const good = (fault: IdTokenFault = {}, by = client): Promise<Token> => signIn(by, fault, mode);

  it("oidcc-client-test", async () => {
    const token = await good();
    expect(token.claims).toMatchObject({ iss: provider.issuer, sub: SUBJECT, aud: "client" });
    expect(paths()).toEqual(ALL);
    const [, , userInfo] = provider.server.requests;
    expect(userInfo?.headers.authorization).toBe(`Bearer ${CANARY.accessToken}`);
  });

  it("oidcc-client-test-invalid-iss", async () => {
    const attempt = good({ claims: { iss: "https://other.example.com" } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "iss" });
  });

  it("oidcc-client-test-missing-sub", async () => {
    const attempt = good({ claims: { sub: undefined } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "sub" });
  });

  it("oidcc-client-test-invalid-aud", async () => {
    const attempt = good({ claims: { aud: "another-client" } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "aud" });
  });

  it("oidcc-client-test-missing-aud", async () => {
    const attempt = good({ claims: { aud: undefined } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "aud" });
  });

  it("oidcc-client-test-missing-iat", async () => {
    const attempt = good({ claims: { iat: undefined } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "iat" });
  });

  it("oidcc-client-test-kid-absent-single-jwks", async () => {
    await good({ header: { kid: undefined } });
    expect(paths()).toEqual(ALL);
  });

  it("oidcc-client-test-kid-absent-multiple-jwks", async () => {
    provider.published = [SECOND.jwk, FIRST.jwk];
    const attempt = good({ header: { kid: undefined } });
    await expectRefusal(attempt, "KEY_SELECTION_FAILED", KEYS, { claim: "kid" });
  });

  it("oidcc-client-test-idtoken-sig-rs256", async () => {
    provider.published = [ELLIPTIC.jwk, FIRST.jwk];
    expect((await good()).claims?.sub).toBe(SUBJECT);
    expect(paths()).toEqual(ALL);
  });

  it("oidcc-client-test-idtoken-sig-none", async () => {
    await expectRefusal(good(UNSIGNED), "ID_TOKEN_INVALID", KEYS, { claim: "alg" });
  });

  it("oidcc-client-test-invalid-sig-rs256", async () => {
    await expectRefusal(good(BROKEN), "ID_TOKEN_INVALID", KEYS, { claim: "signature" });
  });

  it("oidcc-client-test-invalid-sig-es256", async () => {
    provider.key = ELLIPTIC;
    provider.published = [ELLIPTIC.jwk];
    const elliptic = provider.client({ idToken: { algorithms: ["ES256"] } });
    const attempt = good(
      { sign: (input) => signature("ES256", ELLIPTIC.privateKey, `${input}.`) },
      elliptic,
    );
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "signature" });
  });

  it.each([
    ["the public key", PUBLIC_PEM],
    ["the client secret", CANARY.clientSecret],
  ])("oidcc-client-test-invalid-sig-hs256, keyed with %s", async (_name, key) => {
    const attempt = good({
      header: { alg: "HS256" },
      sign: (input) => signature("HS256", key, input),
    });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "alg" });
  });

  it("oidcc-client-test-userinfo-invalid-sub", async () => {
    provider.userInfo = { sub: "somebody-else", email: CANARY.userData };
    await expectRefusal(good(), "SUBJECT_MISMATCH", ALL, { claim: "sub" });
  });

  it("oidcc-client-test-nonce-invalid", async () => {
    const attempt = good({ claims: { nonce: "bm9uY2Utb2YtYW5vdGhlci1sb2dpbg" } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "nonce" });
  });

  it("oidcc-client-test-scope-userinfo-claims", async () => {
    const scope = ["openid", "profile", "email", "address", "phone"];
    provider.userInfo = { sub: SUBJECT, name: "Ada", email: "ada@example.com" };
    const request = await client.authorizationRequest({ scope, responseMode: mode });
    expect(new URL(request.url).searchParams.get("scope")).toBe(scope.join(" "));
    const query = provider.callbackFor(request).split("?")[1] as string;
    const token = await client.fetchToken(deliver(query, mode), request);
    expect(await client.profile(token)).toMatchObject({
      id: SUBJECT,
      name: "Ada",
      email: "ada@example.com",
    });
  });

  it("oidcc-client-test-client-secret-basic", async () => {
    const expected = `Basic ${Buffer.from(`client:${CANARY.clientSecret}`).toString("base64")}`;
    provider.answers.set("/token", ({ headers, body }) => {
      const form = new URLSearchParams(body);
      const once = headers.authorization === expected && !form.has("client_secret");
      return once
        ? { body: { access_token: CANARY.accessToken, id_token: provider.idToken() } }
        : { status: 401, body: { error: "invalid_client" } };
    });
    await good({}, provider.client({}, { clientAuthentication: "basic" }));
    await expectRefusal(
      good({}, provider.client({}, { clientAuthentication: "post" })),
      "INVALID_CLIENT",
      [...ALL, "/token"],
    );
  });
});

describe("the Config plan", () => {
  const METADATA = "/.well-known/openid-configuration";

  beforeEach(() => {
    provider.prefix = `/run-${Math.random().toString(36).slice(2)}`;
  });

  it("oidcc-client-test-discovery-openid-config", async () => {
    const discovered = await provider.discover();
    const request = await discovered.authorizationRequest();
    expect(request.url).toContain(`${provider.issuer}${provider.prefix}/authorize?`);
    await signIn(discovered);
    expect(paths()).toEqual([METADATA, ...ALL.map((path) => provider.prefix + path)]);
  });

  it("oidcc-client-test-discovery-jwks-uri-keys", async () => {
    provider.answers.set("/elsewhere/keys", () => ({ body: { keys: [FIRST.jwk] } }));
    provider.metadata = { jwks_uri: `${provider.issuer}/elsewhere/keys` };
    await signIn(await provider.discover());
    expect(provider.server.received("/elsewhere/keys")).toHaveLength(1);
    provider.server.requests.length = 0;
    await expectRefusal(
      provider.discover().then((discovered) => signIn(discovered, BROKEN)),
      "ID_TOKEN_INVALID",
      [METADATA, `${provider.prefix}/token`],
      { claim: "signature" },
    );
  });

  it("oidcc-client-test-discovery-issuer-mismatch", async () => {
    for (const issuer of ["https://other.example.com", `${provider.issuer}/`, undefined]) {
      provider.server.requests.length = 0;
      provider.metadata = { issuer };
      await expectRefusal(provider.discover(), "ISSUER_MISMATCH", [METADATA]);
    }
  });

  it("oidcc-client-test-idtoken-sig-none", async () => {
    provider.metadata = { id_token_signing_alg_values_supported: ["RS256", "none"] };
    const discovered = await provider.discover();
    await expectRefusal(
      signIn(discovered, UNSIGNED),
      "ID_TOKEN_INVALID",
      [METADATA, ...KEYS.map((path) => provider.prefix + path)],
      { claim: "alg" },
    );
  });

  it("oidcc-client-test-signing-key-rotation", async () => {
    const discovered = await provider.discover();
    await signIn(discovered);
    provider.key = SECOND;
    provider.published = [SECOND.jwk];
    expect((await signIn(discovered)).claims?.sub).toBe(SUBJECT);
    expect(provider.server.received(`${provider.prefix}/jwks`)).toHaveLength(2);
  });

  it("oidcc-client-test-signing-key-rotation-just-before-signing", async () => {
    const discovered = await provider.discover();
    await signIn(discovered);
    const request = await discovered.authorizationRequest();
    const callback = provider.callbackFor(request);
    provider.answers.set(`${provider.prefix}/token`, () => {
      provider.key = SECOND;
      provider.published = [FIRST.jwk, SECOND.jwk];
      return { body: { access_token: CANARY.accessToken, id_token: provider.idToken() } };
    });
    expect((await discovered.fetchToken(callback, request)).claims?.sub).toBe(SUBJECT);
  });
});

describe("the comprehensive plan", () => {
  it("oidcc-client-test-form-post-error", async () => {
    const request = await client.authorizationRequest({
      responseMode: "form_post",
      maxAge: 0,
      parameters: { prompt: "none" },
    });
    const query = new URLSearchParams({ error: "login_required", state: request.state });
    await expectRefusal(
      client.fetchToken(deliver(query.toString(), "form_post"), request),
      "INTERACTION_REQUIRED",
      [],
    );
  });

  it("oidcc-client-test-invalid-athash", async () => {
    const attempt = signIn(client, { claims: { at_hash: halfHash("another-access-token") } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "at_hash" });
  });

  it("oidcc-client-test-missing-athash: from the token endpoint it is optional", async () => {
    await signIn(client, { claims: { at_hash: undefined } });
    expect(paths()).toEqual(ALL);
  });

  it.each(["invalid", "missing"])(
    "oidcc-client-test-%s-chash: a hybrid response is refused, as it was not asked for",
    async (kind) => {
      const request = await client.authorizationRequest();
      expect(new URL(request.url).searchParams.get("response_type")).toBe("code");
      const callback = provider.callbackFor(request);
      const cHash = kind === "invalid" ? halfHash("another-code") : undefined;
      const idToken = provider.idToken({ claims: { c_hash: cHash } });
      for (const separator of ["&", "#"]) {
        const answer = `${callback}${separator}id_token=${idToken}`;
        await expectRefusal(client.fetchToken(answer, request), "CALLBACK_INVALID", []);
      }
    },
  );

  it("oidcc-client-test-nonce-unless-code-flow: it is always sent and required", async () => {
    const { nonce } = await client.authorizationRequest();
    expect(nonce).toHaveLength(43);
    const attempt = signIn(client, { claims: { nonce: undefined } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "nonce" });
  });

  it("oidcc-client-test-userinfo-signed", async () => {
    const answer = (fault: IdTokenFault) => {
      const body = provider.idToken({ claims: { email: CANARY.userData }, ...fault });
      const headers = { "content-type": "application/jwt" };
      provider.answers.set("/userinfo", () => ({ body, headers }));
    };
    answer({});
    const token = await signIn(client);
    expect(await client.userInfo(token)).toMatchObject({ email: CANARY.userData });
    provider.server.requests.length = 0;
    answer(BROKEN);
    await expectRefusal(client.userInfo(token), "USER_INFO_INVALID", ["/userinfo"]);
  });

  it("oidcc-client-test-userinfo-bearer-header", async () => {
    provider.answers.set("/userinfo", ({ method, headers, url }) =>
      method === "GET" &&
      headers.authorization === `Bearer ${CANARY.accessToken}` &&
      url === "/userinfo"
        ? { body: provider.userInfo }
        : { status: 401 },
    );
    await signIn(client);
  });

  it("oidcc-client-test-userinfo-bearer-body: a session can post the token in a form", async () => {
    provider.answers.set("/userinfo", ({ method, headers, body }) =>
      method === "POST" &&
      headers.authorization === undefined &&
      new URLSearchParams(body).get("access_token") === CANARY.accessToken
        ? { body: provider.userInfo }
        : { status: 401 },
    );
    const request = await client.authorizationRequest();
    const token = await client.fetchToken(provider.callbackFor(request), request);
    const session = client.session(token, { tokenPlacement: "body" });
    const { data } = await session.post(`${provider.issuer}/userinfo`, new URLSearchParams());
    expect(data).toEqual({ sub: SUBJECT });
  });

  it.each(["aggregated", "distributed"])(
    "oidcc-client-test-%s-claims: they are returned as they came, and not fetched",
    async (kind) => {
      elsewhere = await LoopbackServer.start(() => ({ body: "{}" }));
      const source =
        kind === "distributed"
          ? { endpoint: `${elsewhere.origin}/claims`, access_token: "at-of-the-source" }
          : { JWT: provider.idToken() };
      const claims = { _claim_names: { credit: "src1" }, _claim_sources: { src1: source } };
      provider.userInfo = { sub: SUBJECT, ...claims };
      const token = await signIn(client, { claims });
      expect(token.claims).toMatchObject(claims);
      expect(await client.userInfo(token)).toMatchObject(claims);
      await turns();
      expect(elsewhere.requests).toEqual([]);
    },
  );

  it("oidcc-client-test-mtls-endpoint-aliases", async () => {
    elsewhere = await LoopbackServer.start(() => ({
      body: { access_token: CANARY.accessToken, id_token: provider.idToken() },
    }));
    provider.metadata = {
      token_endpoint_auth_methods_supported: ["tls_client_auth"],
      mtls_endpoint_aliases: { token_endpoint: `${elsewhere.origin}/mtls/token` },
    };
    const byCertificate = await provider.discover({ clientAuthentication: tlsClientAuth() });
    await signIn(byCertificate);
    expect(elsewhere.received("/mtls/token")).toHaveLength(1);
    expect(provider.server.received("/token")).toEqual([]);
  });
});

describe("the refresh token plan", () => {
  const RENEWED = "canary-access-token-after-refresh-9Zq";
  const ROTATED = "canary-refresh-token-after-refresh-4Tn";
  let before: Token;
  let saved: Token[];

  beforeEach(async () => {
    before = await signIn(client);
    provider.clock.advance(60_000);
    provider.tokenFields = { access_token: RENEWED, refresh_token: ROTATED };
    provider.server.requests.length = 0;
    saved = [];
  });

  async function refresh(claims: Readonly<Record<string, unknown>> = {}): Promise<Token> {
    provider.fault = { claims: { nonce: undefined, ...claims } };
    const session = client.session(before, { onTokenUpdate: (next) => void saved.push(next) });
    await session.refresh();
    await session.get(`${provider.issuer}/userinfo`);
    return session.token;
  }

  async function expectKept(attempt: Promise<Token>, code: OAuthError["code"]): Promise<void> {
    await expectRefusal(attempt, code, TOKEN);
    expect(saved).toEqual([]);
    expect(client.session(before).token).toBe(before);
    expectNoCanary(await attempt.catch((error: unknown) => error), RENEWED, ROTATED);
  }

  it("oidcc-client-test-refresh-token", async () => {
    const after = await refresh();
    expect(after).toMatchObject({ accessToken: RENEWED, refreshToken: ROTATED });
    expect(saved).toEqual([after]);
    expect(provider.server.received("/userinfo")[0]?.headers.authorization).toBe(
      `Bearer ${RENEWED}`,
    );
  });

  it("oidcc-client-test-refresh-token-invalid-issuer", async () => {
    await expectKept(refresh({ iss: "https://other.example.com" }), "ID_TOKEN_INVALID");
  });

  it("oidcc-client-test-refresh-token-invalid-sub", async () => {
    await expectKept(refresh({ sub: "somebody-else" }), "SUBJECT_MISMATCH");
  });
});

describe("the FAPI 2.0 client plan", () => {
  /** Changes to the authorization server's response. */
  async function answerOf(
    change: (query: URLSearchParams, request: AuthorizationRequest) => void,
    by: OAuth2Client = client,
  ): Promise<Token> {
    const request = await by.authorizationRequest();
    const query = new URLSearchParams(provider.callbackFor(request).split("?")[1]);
    query.set("iss", provider.issuer);
    change(query, request);
    return by.fetchToken(deliver(query.toString()), request);
  }

  it("fapi2-security-profile-final-client-test-happy-path: iss is in the answer", async () => {
    const strict = provider.client({ issuerInCallback: true });
    expect((await answerOf(() => undefined, strict)).claims?.sub).toBe(SUBJECT);
  });

  it.each([
    ["iss is announced", true],
    ["iss is not announced", false],
  ])(
    "fapi2-security-profile-final-client-test-invalid-authorization-response-iss: %s",
    async (_name, issuerInCallback) => {
      const by = provider.client({ issuerInCallback });
      const attempt = answerOf((query) => query.set("iss", "https://other.example.com"), by);
      await expectRefusal(attempt, "ISSUER_MISMATCH", []);
    },
  );

  it("fapi2-security-profile-final-client-test-remove-authorization-response-iss", async () => {
    const strict = provider.client({ issuerInCallback: true });
    await expectRefusal(
      answerOf((query) => query.delete("iss"), strict),
      "ISSUER_MISMATCH",
      [],
    );
  });

  it("fapi2-security-profile-final-client-test-remove-authorization-response-iss, as the metadata demands it", async () => {
    provider.metadata = { authorization_response_iss_parameter_supported: true };
    const discovered = await provider.discover();
    provider.server.requests.length = 0;
    await expectRefusal(
      answerOf((query) => query.delete("iss"), discovered),
      "ISSUER_MISMATCH",
      [],
    );
  });

  it("fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails", async () => {
    const attempt = answerOf((query) => query.set("state", `${query.get("state")}a`));
    await expectRefusal(attempt, "STATE_MISMATCH", []);
  });

  it("fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails", async () => {
    await expectRefusal(
      answerOf((query) => query.delete("state")),
      "STATE_MISMATCH",
      [],
    );
  });

  it("fapi2-security-profile-final-client-test-valid-aud-as-array", async () => {
    const token = await signIn(client, { claims: { aud: ["client"] } });
    expect(token.claims?.aud).toEqual(["client"]);
  });

  const refused: [string, IdTokenFault, string][] = [
    ["invalid-secondary-aud", { claims: { aud: ["client", "another-client"] } }, "aud"],
    ["invalid-null-alg", UNSIGNED, "alg"],
    [
      "invalid-alternate-alg",
      {
        header: { alg: "PS256" },
        sign: (input) => signature("PS256", FIRST.privateKey, input),
      },
      "alg",
    ],
    ["invalid-missing-aud", { claims: { aud: undefined } }, "aud"],
    ["invalid-missing-exp", { claims: { exp: undefined } }, "exp"],
    ["invalid-missing-iss", { claims: { iss: undefined } }, "iss"],
    ["invalid-missing-nonce", { claims: { nonce: undefined } }, "nonce"],
    ["invalid-nonce", { claims: { nonce: "bm9uY2Utb2YtYW5vdGhlci1sb2dpbg" } }, "nonce"],
  ];
  it.each(refused)("fapi2-security-profile-final-client-test-%s", async (_name, fault, claim) => {
    await expectRefusal(signIn(client, fault), "ID_TOKEN_INVALID", KEYS, { claim });
  });

  it("fapi2-security-profile-final-client-test-invalid-expired-exp", async () => {
    const exp = provider.clock.seconds - 300;
    const attempt = signIn(client, { claims: { exp } });
    await expectRefusal(attempt, "ID_TOKEN_INVALID", KEYS, { claim: "exp" });
  });

  it("fapi2-security-profile-final-client-test-token-endpoint-response-without-expires_in", async () => {
    provider.tokenFields = { expires_in: undefined };
    const token = await signIn(client);
    expect(token.expiresAt).toBeUndefined();
  });

  it("fapi2-security-profile-final-client-test-no-scope-in-token-endpoint-response", async () => {
    provider.tokenFields = { scope: undefined };
    const token = await signIn(client);
    expect(token.scope).toEqual(["openid"]);
    expect(token.scopeChange).toBeUndefined();
  });

  it.each(["Bearer", "bearer", "BEARER", "bEaReR"])(
    "fapi2-security-profile-final-client-test-token-type-case-insensitivity: %s",
    async (type) => {
      provider.tokenFields = { token_type: type };
      expect((await signIn(client)).tokenType).toBe("bearer");
      expect(provider.server.received("/userinfo")[0]?.headers.authorization).toMatch(/^Bearer /);
    },
  );

  it.each(["dpop", "DPoP", "DPOP"])(
    "fapi2-security-profile-final-client-test-token-type-case-insensitivity: %s",
    async (type) => {
      provider.tokenFields = { token_type: type };
      const bound = provider.client({}, { dpop: true });
      expect((await signIn(bound)).tokenType).toBe("dpop");
      expect(provider.server.received("/userinfo")[0]?.headers.authorization).toMatch(/^DPoP /);
    },
  );

  it.each(["dpop", "DPoP", "DPOP"])(
    "fapi2-security-profile-final-client-test-rs-dpop-auth-scheme-case-insensitivity: %s",
    async (scheme) => {
      provider.tokenFields = { token_type: "DPoP" };
      const nonces: unknown[] = [];
      provider.answers.set("/userinfo", ({ headers }) => {
        const [, proof = ""] = String(headers["dpop"]).split(".");
        const { nonce } = JSON.parse(Buffer.from(proof, "base64url").toString()) as {
          nonce?: string;
        };
        nonces.push(nonce);
        return nonce === "of-the-api"
          ? { body: provider.userInfo }
          : {
              status: 401,
              headers: {
                "www-authenticate": `${scheme} error="use_dpop_nonce"`,
                "dpop-nonce": "of-the-api",
              },
            };
      });
      await signIn(provider.client({}, { dpop: true }));
      expect(nonces).toEqual([undefined, "of-the-api"]);
    },
  );

  it("fapi2-security-profile-final-client-test-happy-path-no-dpop-nonce", async () => {
    provider.tokenFields = { token_type: "DPoP" };
    await signIn(provider.client({}, { dpop: true }));
    expect(paths()).toEqual(ALL);
    for (const path of ["/token", "/userinfo"]) {
      const [, proof = ""] = String(provider.server.received(path)[0]?.headers["dpop"]).split(".");
      expect(JSON.parse(Buffer.from(proof, "base64url").toString())).not.toHaveProperty("nonce");
    }
  });
});

describe("the logout plans", () => {
  const EVENT = "http://schemas.openid.net/event/backchannel-logout";
  const ELSEWHERE = { "http://schemas.openid.net/event/other": {} };

  function logoutToken({ claims, header, ...fault }: IdTokenFault = {}): string {
    return provider.idToken({
      header: { typ: "logout+jwt", ...header },
      claims: { nonce: undefined, jti: "logout-1", sid: "s-1", events: { [EVENT]: {} }, ...claims },
      ...fault,
    });
  }

  const refused: [string, IdTokenFault, string][] = [
    ["alg-none", UNSIGNED, "alg"],
    ["no-event", { claims: { events: undefined } }, "events"],
    ["with-nonce", { claims: { nonce: "n-0S6_WzA2Mj" } }, "nonce"],
    [
      "wrong-alg",
      { header: { alg: "HS256" }, sign: (input) => signature("HS256", PUBLIC_PEM, input) },
      "alg",
    ],
    ["wrong-aud", { claims: { aud: "another-client" } }, "aud"],
    ["wrong-event", { claims: { events: ELSEWHERE } }, "events"],
    ["wrong-iss", { claims: { iss: "https://other.example.com" } }, "iss"],
  ];
  it.each(refused)("oidcc-client-test-rp-backchannel-rpinitlogout-%s", async (...row) => {
    const [, fault, claim] = row;
    provider.fault = fault;
    const attempt = client.verifyLogoutToken(logoutToken(fault));
    await expectRefusal(attempt, "LOGOUT_TOKEN_INVALID", ["/jwks"], { claim });
    // The refused token did not use the jti: the valid one is accepted.
    expect(await client.verifyLogoutToken(logoutToken())).toMatchObject({ sub: SUBJECT });
  });

  it.each([
    ["oidcc-client-test-rp-init-logout", "state-1"],
    ["oidcc-client-test-rp-init-logout-no-state", undefined],
  ])("%s", async (_name, state) => {
    const discovered = await provider.discover();
    const token = await signIn(discovered);
    const url = new URL(
      discovered.logoutUrl({
        idToken: token,
        postLogoutRedirectUri: "https://app.example.com/bye",
        ...(state !== undefined && { state }),
      }),
    );
    expect(url.origin + url.pathname).toBe(`${provider.issuer}/logout`);
    expect(url.searchParams.get("id_token_hint")).toBe(token.idToken);
    expect(url.searchParams.get("post_logout_redirect_uri")).toBe("https://app.example.com/bye");
    expect(url.searchParams.get("state")).toBe(state ?? null);
  });
});
