import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type {
  Hooks,
  OAuth2Client,
  OAuth2ClientOptions,
  OAuthError,
  ProviderDefinition,
  Token,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import {
  FaultyProvider,
  halfHash,
  type IdTokenFault,
  signature,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";
import { WatchedStore } from "./support/watched-store.ts";
import { watchedWarnings } from "./support/warnings.ts";

const KEY = signingKey("RS256", "first");
const OTHER = signingKey("RS256", "unknown");
const NOW = new FakeClock().seconds;
const HOUR = 3_600_000;
const NEXT_ACCESS = "canary-access-token-after-refresh-9Zq";
const NEXT_REFRESH = "canary-refresh-token-after-refresh-4Tn";

let provider: FaultyProvider;
let client: OAuth2Client;
let before: Token;
const warnings = watchedWarnings();

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
  await open();
});

afterEach(() => provider.close());

/** Signs a user in, an hour before the next answer. */
async function open(
  definition: Partial<ProviderDefinition> = {},
  options: Partial<OAuth2ClientOptions> = {},
): Promise<void> {
  provider.tokenFields = {};
  client = provider.client(
    { api: { baseUrl: `${provider.issuer}/userinfo` }, ...definition },
    options,
  );
  before = await provider.signIn(client);
  provider.clock.advance(HOUR);
  provider.fault = { claims: { nonce: undefined } };
  provider.tokenFields = { access_token: NEXT_ACCESS, refresh_token: NEXT_REFRESH };
  warnings.length = 0;
}

function spoil(fault: IdTokenFault): void {
  provider.fault = { ...fault, claims: { nonce: undefined, ...fault.claims } };
}

/** The refresh tokens that were sent. */
const sent = (): (string | null)[] =>
  provider.server
    .received("/token")
    .map(({ body }) => new URLSearchParams(body).get("refresh_token"))
    .filter((token) => token !== null);

/** What a session saves, in order. */
function saving(): { readonly saved: Token[]; readonly onTokenUpdate: (next: Token) => void } {
  const saved: Token[] = [];
  return { saved, onTokenUpdate: (next) => void saved.push(next) };
}

describe("a refresh whose ID token cannot be verified now", () => {
  const forged: IdTokenFault = { header: { kid: "unknown" } };
  const reasons: [string, string, () => void][] = [
    ["its iat is far ahead", "ID_TOKEN_INVALID", () => spoil({ claims: { iat: NOW + 9999 } })],
    ["its nbf is far ahead", "ID_TOKEN_INVALID", () => spoil({ claims: { nbf: NOW + 9999 } })],
    ["it has ended", "ID_TOKEN_INVALID", () => spoil({ claims: { exp: NOW } })],
    [
      "the clock is wrong",
      "CLOCK_SKEW",
      () => {
        provider.ahead = 20 * 60_000;
      },
    ],
    [
      "its kid is unknown",
      "KEY_SELECTION_FAILED",
      () => {
        provider.key = OTHER;
        spoil(forged);
      },
    ],
    [
      "the keys are unavailable",
      "KEY_SET_UNAVAILABLE",
      () => {
        // Not 503, which is retried after a pause.
        provider.keySetAnswer = () => ({ status: 500 });
        provider.clock.advance(48 * HOUR);
      },
    ],
    [
      "it is too long to be read",
      "ID_TOKEN_INVALID",
      () => spoil({ claims: { groups: "x".repeat(600_000) } }),
    ],
    [
      "its iat is in milliseconds",
      "ID_TOKEN_INVALID",
      () => spoil({ claims: { iat: NOW * 1000 } }),
    ],
    [
      "it is no JWT",
      "ID_TOKEN_INVALID",
      () => {
        provider.tokenFields = { ...provider.tokenFields, id_token: "abc" };
      },
    ],
  ];

  it.each(reasons)(
    "keeps both new tokens and the old claims, saves them and reports it: %s",
    async (_name, code, spoiling) => {
      spoiling();
      const { saved, onTokenUpdate } = saving();
      const session = client.session(before, { onTokenUpdate });
      await session.refresh();
      expect(session.token).toMatchObject({
        accessToken: NEXT_ACCESS,
        refreshToken: NEXT_REFRESH,
        idToken: before.idToken,
        claims: before.claims,
      });
      expect(saved).toEqual([session.token]);
      expect(warnings.filter((warning) => warning.details?.["seconds"] === undefined)).toEqual(
        code === "CLOCK_SKEW" ? [] : [expect.objectContaining({ provider: "faulty", code })],
      );
      expect(warnings.map((warning) => warning.code)).toContain(code);
      for (const { message } of warnings) expectNoCanary(new Error(message));
    },
  );

  it.each(reasons.filter(([name]) => name !== "it is no JWT"))(
    "is refused when it names another user: %s",
    async (_name, _code, spoiling) => {
      spoiling();
      spoil({ ...provider.fault, claims: { ...provider.fault.claims, sub: "another" } });
      const error = await rejectionOf(client.refreshToken(before));
      expect(error).toMatchObject({ code: "SUBJECT_MISMATCH", details: { claim: "sub" } });
      expect(client.session(before).token).toBe(before);
    },
  );

  it.each([
    ["another issuer", { iss: "https://evil.example.com" }, "iss"],
    ["another client", { aud: "other" }, "aud"],
    ["another client as the one that asked", { azp: "other" }, "azp"],
  ])("is refused permanently when it is of %s", async (_name, claims, claim) => {
    provider.key = OTHER;
    spoil({ ...forged, claims });
    const error = await rejectionOf(client.refreshToken(before));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
    expect(client.session(before).token).toBe(before);
  });

  it("is refused permanently when it has expired and belongs to another access token", async () => {
    spoil({ claims: { exp: NOW, at_hash: halfHash("another-token") } });
    const error = await rejectionOf(client.refreshToken(before));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "at_hash" } });
  });

  it("uses the new refresh token next time, with the claims that can be verified then", async () => {
    spoil({ claims: { iat: NOW + HOUR } });
    const session = client.session(before);
    await session.refresh();
    spoil({ claims: { email: "new@example.com" } });
    await session.refresh();
    expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
    expect(session.token.claims).toMatchObject({ sub: SUBJECT, email: "new@example.com" });
  });
});

describe("a refresh whose ID token is permanently invalid", () => {
  it.each<[string, IdTokenFault]>([
    ["a bad signature", { sign: () => Buffer.alloc(256, 7) }],
    ["another issuer", { claims: { iss: "https://evil.example.com" } }],
    ["another user", { claims: { sub: "another" } }],
    [
      "another algorithm",
      { header: { alg: "PS256" }, sign: (input) => signature("PS256", KEY.privateKey, input) },
    ],
  ])("keeps nothing of the response: %s", async (_name, fault) => {
    spoil(fault);
    const { saved, onTokenUpdate } = saving();
    const session = client.session(before, { onTokenUpdate });
    const error = await rejectionOf(session.refresh());
    expectNoCanary(error, NEXT_ACCESS, NEXT_REFRESH);
    expect(session.token).toBe(before);
    expect(saved).toEqual([]);
    expect((error as OAuthError).message).toMatch(/discarded/);
  });
});

describe("a refresh whose answer is refused after the refresh token was rotated", () => {
  const boom = new Error("the app's own mistake");
  const throwing: [string, Hooks][] = [
    [
      "a tokenResponse hook throws",
      {
        tokenResponse: (_value, { grant }) => {
          if (grant === "refresh_token") throw boom;
        },
      },
    ],
    ["a refreshResponse hook rejects", { refreshResponse: () => Promise.reject(boom) }],
    [
      "the second hook of a list throws",
      {
        refreshResponse: [
          (value) => ({ ...value, body: { ...value.body, seen: true } }),
          () => {
            throw boom;
          },
        ],
      },
    ],
  ];

  it.each(throwing)(
    "keeps the new refresh token, saves it and throws: %s",
    async (_name, hooks) => {
      await open({}, { hooks });
      const { saved, onTokenUpdate } = saving();
      const session = client.session(before, { onTokenUpdate });
      expect(await rejectionOf(session.refresh())).toBe(boom);
      expect(session.token).toMatchObject({
        accessToken: before.accessToken,
        expiresAt: before.expiresAt,
        refreshToken: NEXT_REFRESH,
        claims: before.claims,
      });
      expect(saved).toEqual([session.token]);
      await rejectionOf(session.refresh());
      expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
    },
  );

  it("keeps the refresh token that an earlier hook read from a field of the provider's own", async () => {
    let works = false;
    await open(
      {
        hooks: {
          refreshResponse: (value) => {
            const { refresh_token: token, ...body } = value.body;
            return { ...value, body: { ...body, refresh_token: token ?? body["rt"] } };
          },
        },
      },
      {
        hooks: {
          refreshResponse: () => {
            if (!works) throw boom;
          },
        },
      },
    );
    provider.tokenFields = { access_token: NEXT_ACCESS, refresh_token: undefined, rt: "rt-own" };
    const session = client.session(before);
    expect(await rejectionOf(session.refresh())).toBe(boom);
    works = true;
    await session.refresh();
    expect(sent()).toEqual([CANARY.refreshToken, "rt-own"]);
    expect(session.token.accessToken).toBe(NEXT_ACCESS);
  });

  const unusable: [string, Record<string, unknown>, string][] = [
    ["the access token is missing", { access_token: undefined }, "access_token"],
    ["the access token is a number", { access_token: 7 }, "access_token"],
    ["the access token has a line break", { access_token: "a\nb" }, "access_token"],
    ["the token is bound to a key that the client lacks", { token_type: "DPoP" }, "token_type"],
    ["the token is used in another way", { token_type: "mac" }, "token_type"],
    ["the token is no access token", { token_type: "N_A" }, "token_type"],
  ];
  it.each(unusable)("keeps the new refresh token when %s", async (_name, fields, field) => {
    provider.tokenFields = { ...provider.tokenFields, ...fields };
    const { saved, onTokenUpdate } = saving();
    const session = client.session(before, { onTokenUpdate });
    const error = await rejectionOf(session.refresh());
    expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID", details: { field } });
    expectNoCanary(error, NEXT_ACCESS, NEXT_REFRESH);
    expect(saved.map(({ refreshToken }) => refreshToken)).toEqual([NEXT_REFRESH]);
    provider.tokenFields = { access_token: NEXT_ACCESS, refresh_token: "canary-rt-3" };
    await session.refresh();
    expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
    expect(session.token).toMatchObject({
      accessToken: NEXT_ACCESS,
      refreshToken: "canary-rt-3",
    });
  });

  it("keeps it where the status is not 200", async () => {
    provider.answers.set("/token", () => ({
      status: 201,
      body: { access_token: NEXT_ACCESS, refresh_token: NEXT_REFRESH },
    }));
    const session = client.session(before);
    expect(await rejectionOf(session.refresh())).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
    expect(session.token.refreshToken).toBe(NEXT_REFRESH);
  });

  it.each<[string, unknown]>([
    ["nothing that has a body", {}],
    ["a body that is null", { status: 200, headers: {}, body: null }],
    ["a body that is a text", { status: 200, headers: {}, body: "done" }],
    ["a word", "done"],
  ])("keeps it where a hook returns %s", async (_name, returned) => {
    let works = false;
    await open(
      {},
      { hooks: { refreshResponse: () => (works ? undefined : returned) as undefined } },
    );
    const session = client.session(before);
    await rejectionOf(session.refresh());
    works = true;
    await session.refresh();
    expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
    expect(session.token.accessToken).toBe(NEXT_ACCESS);
  });

  it("keeps it where the definition's readError throws", async () => {
    let works = true;
    await open({
      readError: () => {
        if (!works) throw boom;
        return undefined;
      },
    });
    works = false;
    const session = client.session(before);
    expect(await rejectionOf(session.refresh())).toBe(boom);
    expect(session.token.refreshToken).toBe(NEXT_REFRESH);
  });

  it("keeps it where the answer is a form, in which a plus is a space", async () => {
    provider.answers.set("/token", () => ({
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "refresh_token=canary+rt+4&access_token=",
    }));
    const session = client.session(before);
    await rejectionOf(session.refresh());
    expect(session.token.refreshToken).toBe("canary rt 4");
  });

  it('throws the error also with refresh: "notify", without TokenUpdated', async () => {
    provider.tokenFields = { access_token: 7, refresh_token: NEXT_REFRESH };
    const session = client.session(before, { refresh: "notify" });
    expect(await rejectionOf(session.get("/x"))).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
    expect(session.token.refreshToken).toBe(NEXT_REFRESH);
  });

  it("saves again if the save failed too, and then uses the new refresh token", async () => {
    provider.tokenFields = { access_token: 7, refresh_token: NEXT_REFRESH };
    const store = new WatchedStore({ clock: provider.clock });
    await store.put("user-1", before.toJSON());
    const session = await client.storedSession({ store, key: "user-1" });
    store.beforeSet = () => {
      throw new Error("read-only");
    };
    expect(await rejectionOf(session.refresh())).toMatchObject({ code: "TOKEN_UPDATE_FAILED" });
    store.beforeSet = () => undefined;
    provider.tokenFields = { access_token: NEXT_ACCESS, refresh_token: "canary-rt-3" };
    await session.refresh();
    expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
    expect((await store.get("user-1"))?.token.refreshToken).toBe("canary-rt-3");
  });

  it("keeps nothing of an error response, whatever fields it has", async () => {
    provider.answers.set("/token", () => ({
      body: { error: "temporarily_unavailable", refresh_token: NEXT_REFRESH },
    }));
    const session = client.session(before);
    await rejectionOf(session.refresh());
    expect(session.token).toBe(before);
  });

  it("writes the kept refresh token to the store, under the lock, for other processes", async () => {
    await open({}, { hooks: throwing[0]?.[1] as Hooks });
    const store = new WatchedStore({ clock: provider.clock });
    await store.put("user-1", before.toJSON());
    const session = await client.storedSession({ store, key: "user-1" });
    expect(await rejectionOf(session.refresh())).toBe(boom);
    const another = provider.client();
    expect((await store.get("user-1"))?.token.refreshToken).toBe(NEXT_REFRESH);
    const elsewhere = await another.storedSession({ store, key: "user-1" });
    await elsewhere.refresh();
    expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
    expect(store.locks).toBe(2);
  });

  it.each([
    ["refreshToken()", {}],
    ["refreshToken() for a smaller scope", { scope: ["openid"] }],
  ])("is remembered after %s, which returns no token", async (_name, options) => {
    provider.tokenFields = { access_token: 7, refresh_token: NEXT_REFRESH };
    await rejectionOf(client.refreshToken(before, options));
    expect(client.session(before).token.refreshToken).toBe(NEXT_REFRESH);
    provider.tokenFields = { access_token: NEXT_ACCESS, refresh_token: "canary-rt-3" };
    expect((await client.refreshToken(before, options)).accessToken).toBe(NEXT_ACCESS);
    expect(sent()).toEqual([CANARY.refreshToken, NEXT_REFRESH]);
  });

  it("throws one error to all callers that wait", async () => {
    provider.tokenFields = { access_token: 7, refresh_token: NEXT_REFRESH };
    const session = client.session(before);
    const errors = await Promise.all(
      Array.from({ length: 20 }, () => rejectionOf(session.get("/x"))),
    );
    expect(new Set(errors).size).toBe(1);
    expect(sent()).toEqual([CANARY.refreshToken]);
  });

  it.each<[string, () => void | Promise<void>]>([
    [
      "throws",
      () => {
        throw boom;
      },
    ],
    ["rejects", () => Promise.reject(boom)],
  ])(
    "keeps the whole token when onScopeChange %s, and then throws that error",
    async (_name, onScopeChange) => {
      await open({ defaultScope: ["openid", "email"] }, { onScopeChange });
      provider.tokenFields = { ...provider.tokenFields, scope: "openid" };
      const { saved, onTokenUpdate } = saving();
      const session = client.session(before, { onTokenUpdate });
      expect(await rejectionOf(session.refresh())).toBe(boom);
      expect(session.token).toMatchObject({
        accessToken: NEXT_ACCESS,
        refreshToken: NEXT_REFRESH,
        scope: ["openid"],
      });
      expect(saved).toEqual([session.token]);
    },
  );
});

describe("an odd optional field of a refresh answer", () => {
  const odd: [string, Record<string, unknown>][] = [
    ["expires_in is junk", { expires_in: "soon" }],
    ["expires_in is negative", { expires_in: -1 }],
    ["expires_in is an object", { expires_in: {} }],
    ["refresh_token_expires_in is junk", { refresh_token_expires_in: "never" }],
    ["scope is a number", { scope: 7 }],
    ["scope is an object", { scope: { read: true } }],
    ["token_type is unknown", { token_type: "bot" }],
    ["token_type is in another spelling", { token_type: "BearerToken" }],
    ["token_type is a number", { token_type: 1 }],
    ["id_token is a number", { id_token: 7 }],
    ["id_token is an object", { id_token: {} }],
  ];
  it.each(odd)("is reported, and the token is kept: %s", async (_name, fields) => {
    provider.tokenFields = { ...provider.tokenFields, ...fields };
    const { saved, onTokenUpdate } = saving();
    const session = client.session(before, { onTokenUpdate });
    await session.refresh();
    expect(session.token).toMatchObject({
      accessToken: NEXT_ACCESS,
      refreshToken: NEXT_REFRESH,
      tokenType: "bearer",
      scope: before.scope,
      idToken: "id_token" in fields ? before.idToken : (session.token.idToken as string),
    });
    expect(saved).toEqual([session.token]);
    const [field = ""] = Object.keys(fields);
    expect(warnings).toMatchObject([
      { code: "TOKEN_RESPONSE_INVALID", details: { field }, provider: "faulty" },
    ]);
    expect(warnings[0]?.message).toContain(field);
  });

  it.each([[7], [""], [" \n"], [{}], ["tökén"]])(
    "keeps the access token and the old refresh token when refresh_token is %j",
    async (refresh_token) => {
      provider.tokenFields = { access_token: NEXT_ACCESS, refresh_token };
      const after = await client.refreshToken(before);
      expect(after).toMatchObject({
        accessToken: NEXT_ACCESS,
        refreshToken: before.refreshToken,
      });
      expect(warnings).toHaveLength(refresh_token === "" ? 0 : 1);
    },
  );
});
