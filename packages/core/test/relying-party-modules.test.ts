import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isOAuthError, OAuth2Client, type OAuth2ClientOptions, type Token } from "@grantkit/core";
import { createHmac } from "node:crypto";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  halfHash,
  type IdTokenFault,
  signature,
  signingKey,
  type SigningKey,
} from "./support/faulty-provider.ts";
import type { Answer } from "./support/loopback-server.ts";

// The OpenID Foundation's relying-party test modules, each as the misbehaviour of a server. The names are theirs, without
// the prefix "oidcc-client-test-": this runs the list of modules, and is no certification. The logout modules are in
// back-channel logout's own tests, with those of the provider's signed logout tokens.

const FIRST = signingKey("RS256", "first");
const SECOND = signingKey("RS256", "second");
const STRANGER = signingKey("RS256", "first");
const ELLIPTIC = signingKey("ES256", "elliptic");

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
});

afterEach(() => provider.close());

const forged = (key: SigningKey, alg: string = key.alg): IdTokenFault => ({
  header: { alg },
  sign: (input) => signature(alg, key.privateKey, input),
});

/** A sign-in that must fail by the ID token: no user info is asked for, nothing is given out, no secret shown. */
async function refuses(fault: IdTokenFault, claim: string, client = provider.client()) {
  const error = await rejectionOf(provider.signIn(client, fault));
  expect(isOAuthError(error) && error).toMatchObject({ details: { claim } });
  expect(["ID_TOKEN_INVALID", "KEY_SELECTION_FAILED"]).toContain(
    isOAuthError(error) ? error.code : error,
  );
  expect(provider.server.received("/userinfo")).toEqual([]);
  expect(provider.server.received("/token")).toHaveLength(1);
}

async function accepts(fault: IdTokenFault = {}, client = provider.client()): Promise<Token> {
  const token = await provider.signIn(client, fault);
  expect(token.claims?.sub).toBe(CANARY.idToken);
  expect(provider.server.received("/userinfo")).toHaveLength(1);
  return token;
}

const elsewhere = "https://another.example";
const seconds = (): number => provider.clock.seconds;

describe("Basic RP", () => {
  it("oidcc-client-test: the happy path, with user info", () => accepts());

  it("invalid-iss", () => refuses({ claims: { iss: elsewhere } }, "iss"));
  it("missing-sub", () => refuses({ claims: { sub: undefined } }, "sub"));
  it("invalid-aud", () => refuses({ claims: { aud: "another" } }, "aud"));
  it("missing-aud", () => refuses({ claims: { aud: undefined } }, "aud"));
  it("missing-iat", () => refuses({ claims: { iat: undefined } }, "iat"));

  it("kid-absent-single-jwks", () => accepts({ header: { kid: undefined } }));

  it("kid-absent-multiple-jwks", () => {
    provider.published = [FIRST.jwk, SECOND.jwk];
    return refuses({ header: { kid: undefined } }, "kid");
  });

  it("idtoken-sig-rs256", async () => {
    await accepts();
    expect(provider.key.alg).toBe("RS256");
  });

  it("idtoken-sig-none", () =>
    refuses({ header: { alg: "none" }, sign: () => Buffer.alloc(0) }, "alg"));

  it("invalid-sig-rs256", () => refuses(forged(STRANGER), "signature"));

  it("invalid-sig-es256", () => {
    provider.key = ELLIPTIC;
    provider.published = [ELLIPTIC.jwk];
    const client = provider.client({ idToken: { algorithms: ["ES256"] } });
    return refuses({ sign: () => Buffer.alloc(64, 1) }, "signature", client);
  });

  it("invalid-sig-hs256", () =>
    refuses(
      {
        header: { alg: "HS256" },
        sign: (input) => createHmac("sha256", CANARY.clientSecret).update(input).digest(),
      },
      "alg",
    ));

  it("userinfo-invalid-sub", async () => {
    provider.userInfo = { sub: "somebody-else" };
    const error = await rejectionOf(provider.signIn(provider.client()));
    expect(error).toMatchObject({ code: "SUBJECT_MISMATCH" });
  });

  it("nonce-invalid", () => refuses({ claims: { nonce: "another" } }, "nonce"));

  it("scope-userinfo-claims", async () => {
    provider.userInfo = { sub: CANARY.idToken, name: "Ada", email: "ada@example.com" };
    const client = provider.client();
    const profile = await client.profile(await accepts({}, client));
    expect(profile).toMatchObject({ name: "Ada", email: "ada@example.com" });
  });

  it("client-secret-basic", async () => {
    await accepts({}, provider.client({}, { clientAuthentication: "basic" }));
    const [request] = provider.server.received("/token");
    const pair = Buffer.from(request?.headers.authorization?.slice(6) ?? "", "base64").toString();
    expect(pair).toBe(`client:${CANARY.clientSecret}`);
    expect(request?.body).not.toContain("client_secret");
  });
});

/** A client by discovery; the metadata may be wrong in some points. */
function discovered(metadata: Readonly<Record<string, unknown>> = {}, path = "") {
  const honest = provider.server.answer;
  const { origin } = provider.server;
  const document: Answer = {
    body: {
      issuer: origin,
      authorization_endpoint: `${origin}${path}/authorize`,
      token_endpoint: `${origin}${path}/token`,
      userinfo_endpoint: `${origin}${path}/userinfo`,
      jwks_uri: `${origin}${path}/jwks`,
      id_token_signing_alg_values_supported: ["none", "RS256"],
      ...metadata,
    },
  };
  provider.server.answer = (request, response) => {
    if (request.url === "/.well-known/openid-configuration") return document;
    // The endpoints of this run alone: what is not discovered is not found.
    if (!request.url.startsWith(path)) return { status: 404 };
    return honest({ ...request, url: request.url.slice(path.length) }, response);
  };
  const options: OAuth2ClientOptions = {
    clientId: "client",
    clientSecret: CANARY.clientSecret,
    redirectUri: "https://app.example.com/callback",
    clock: provider.clock,
  };
  return OAuth2Client.discover(origin, { ...options, provider: { defaultScope: ["openid"] } });
}

describe("Config RP", () => {
  it("discovery-openid-config", async () => {
    const client = await discovered({}, "/run-4711");
    const token = await provider.signIn(client);
    expect(token.claims?.sub).toBe(CANARY.idToken);
  });

  it("discovery-jwks-uri-keys", async () => {
    const client = await discovered({}, "/run-4712");
    await provider.signIn(client);
    expect(provider.server.received("/run-4712/jwks")).toHaveLength(1);
  });

  it("discovery-issuer-mismatch", async () => {
    const error = await rejectionOf(discovered({ issuer: elsewhere }));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect(provider.server.requests).toHaveLength(1);
  });

  it("idtoken-sig-none: listed by the metadata, and refused all the same", async () => {
    const client = await discovered();
    await refuses({ header: { alg: "none" }, sign: () => Buffer.alloc(0) }, "alg", client);
  });

  it("signing-key-rotation", async () => {
    const client = provider.client();
    await accepts({}, client);
    provider.key = SECOND;
    provider.published = [SECOND.jwk];
    provider.server.requests.length = 0;
    await accepts({}, client);
    expect(provider.keySetRequests).toBe(1);
  });

  it("signing-key-rotation-just-before-signing", async () => {
    const client = provider.client();
    await accepts({}, client);
    provider.clock.advance(1_000);
    provider.key = SECOND;
    provider.published = [FIRST.jwk, SECOND.jwk];
    provider.server.requests.length = 0;
    await accepts({}, client);
  });
});

describe("Form Post RP", () => {
  const posted = (fields: Record<string, string>): Request =>
    new Request("https://app.example.com/callback", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields),
    });

  it("the happy path", async () => {
    const client = provider.client();
    const request = await client.authorizationRequest({ responseMode: "form_post" });
    expect(new URL(request.url).searchParams.get("response_mode")).toBe("form_post");
    provider.callbackFor(request);
    const token = await client.fetchToken(
      posted({ code: CANARY.code, state: request.state }),
      request,
    );
    expect(token.claims?.sub).toBe(CANARY.idToken);
  });

  it("form-post-error", async () => {
    const client = provider.client();
    const request = await client.authorizationRequest({ responseMode: "form_post" });
    const callback = posted({ error: "login_required", state: request.state });
    const error = await rejectionOf(client.fetchToken(callback, request));
    expect(error).toMatchObject({ code: "INTERACTION_REQUIRED", error: "login_required" });
    expect(provider.server.requests).toEqual([]);
  });
});

describe("refresh", () => {
  it("refresh-token", async () => {
    const client = provider.client();
    const token = await accepts({}, client);
    provider.tokenFields = { access_token: "at-next", refresh_token: "rt-next" };
    provider.fault = { claims: { nonce: undefined } };
    const next = await client.refreshToken(token);
    expect([next.accessToken, next.refreshToken]).toEqual(["at-next", "rt-next"]);
  });

  it.each([
    ["refresh-token-invalid-issuer", { iss: elsewhere }, "ID_TOKEN_INVALID", "iss"],
    ["refresh-token-invalid-sub", { sub: "somebody-else" }, "SUBJECT_MISMATCH", "sub"],
  ])("%s", async (_name, claims, code, claim) => {
    const client = provider.client();
    const token = await accepts({}, client);
    const session = client.session(token, {
      onTokenUpdate: () => {
        throw new Error("nothing may be saved");
      },
    });
    provider.fault = { claims };
    const error = await rejectionOf(session.refresh());
    expect(error).toMatchObject({ code, details: { claim } });
    expect(session.token.accessToken).toBe(token.accessToken);
  });
});

describe("comprehensive, as far as the code flow has it", () => {
  it("invalid-athash", () => refuses({ claims: { at_hash: halfHash("another") } }, "at_hash"));
  it("missing-athash: optional in the code flow", () =>
    accepts({ claims: { at_hash: undefined } }));
  it("nonce-unless-code-flow: sent in the code flow too, and required", () =>
    refuses({ claims: { nonce: undefined } }, "nonce"));

  it("userinfo-bearer-header", async () => {
    await accepts();
    const [request] = provider.server.received("/userinfo");
    expect(request?.headers.authorization).toBe(`Bearer ${CANARY.accessToken}`);
  });

  it("distributed-claims: the place that they name is not visited", async () => {
    const { origin } = provider.server;
    provider.userInfo = {
      sub: CANARY.idToken,
      _claim_names: { salary: "src1" },
      _claim_sources: { src1: { endpoint: `${origin}/internal`, access_token: "x" } },
    };
    await accepts();
    expect(provider.server.received("/internal")).toEqual([]);
  });
});

describe("FAPI 2.0, as far as it is asked of any client", () => {
  /** A callback with some parameters changed; it must be refused before anything is sent. */
  async function refusesCallback(
    changes: Readonly<Record<string, string | undefined>>,
    code: string,
    client = provider.client({ issuerInCallback: true }),
  ) {
    const request = await client.authorizationRequest();
    const fields = { code: CANARY.code, state: request.state, iss: provider.issuer, ...changes };
    const query = new URLSearchParams(
      Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
    );
    const error = await rejectionOf(client.fetchToken(`/callback?${query.toString()}`, request));
    expect(error).toMatchObject({ code });
    expect(provider.server.requests).toEqual([]);
  }

  it("invalid-authorization-response-iss", () =>
    refusesCallback({ iss: elsewhere }, "ISSUER_MISMATCH"));
  it("invalid-authorization-response-iss, where the provider does not announce iss", () =>
    refusesCallback({ iss: elsewhere }, "ISSUER_MISMATCH", provider.client()));
  it("remove-authorization-response-iss", () =>
    refusesCallback({ iss: undefined }, "ISSUER_MISMATCH"));
  it("ensure-authorization-response-with-invalid-state", () =>
    refusesCallback({ state: "another" }, "STATE_MISMATCH"));
  it("ensure-authorization-response-with-invalid-missing-state", () =>
    refusesCallback({ state: undefined }, "STATE_MISMATCH"));

  it("invalid-secondary-aud", () => refuses({ claims: { aud: ["client", "another"] } }, "aud"));
  it("valid-aud-as-array", () => accepts({ claims: { aud: ["client"] } }));
  it("invalid-null-alg", () =>
    refuses({ header: { alg: "none" }, sign: () => Buffer.alloc(0) }, "alg"));
  it("invalid-alternate-alg", () => refuses(forged(FIRST, "PS256"), "alg"));
  it("invalid-expired-exp", () => refuses({ claims: { exp: seconds() - 61 } }, "exp"));
  it("invalid-missing-exp", () => refuses({ claims: { exp: undefined } }, "exp"));
  it("invalid-missing-iss", () => refuses({ claims: { iss: undefined } }, "iss"));
  it("invalid-missing-nonce", () => refuses({ claims: { nonce: undefined } }, "nonce"));
  it("invalid-nonce", () => refuses({ claims: { nonce: "another" } }, "nonce"));

  it("token-endpoint-response-without-expires_in", async () => {
    provider.tokenFields = { expires_in: undefined };
    expect((await accepts()).expiresAt).toBeUndefined();
  });

  it("no-scope-in-token-endpoint-response", async () => {
    expect((await accepts()).scope).toEqual(["openid"]);
  });

  it("token-type-case-insensitivity", async () => {
    provider.tokenFields = { token_type: "bEaReR" };
    expect((await accepts()).tokenType).toBe("bearer");
  });
});
