import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ConfigurationError, type OAuth2Client } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  type IdTokenFault,
  signature,
  signingKey,
} from "./support/faulty-provider.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const KEY = signingKey("RS256", "real");
const OTHER = signingKey("ES256", "other");

let provider: FaultyProvider;
let client: OAuth2Client;
let count = 0;

beforeAll(async () => {
  provider = await FaultyProvider.start(KEY);
});

afterAll(() => provider.close());

beforeEach(() => {
  provider.published = [KEY.jwk];
  client = provider.client();
});

/** A logout token as OpenID Connect Back-Channel Logout §2.4 has it, and what is wrong with it. */
function logoutToken({ claims, header, ...fault }: IdTokenFault = {}): string {
  count += 1;
  return provider.idToken({
    header: { typ: "logout+jwt", ...header },
    claims: {
      nonce: undefined,
      exp: provider.clock.seconds + 120,
      jti: `logout-${count}`,
      sid: "08a5019c-17e1-4977-8f42-65a12843ea02",
      events: { [EVENT]: {} },
      ...claims,
    },
    ...fault,
  });
}

async function expectRefused(jwt: string, claim: string): Promise<void> {
  expect(await rejectionOf(client.verifyLogoutToken(jwt))).toMatchObject({
    code: "LOGOUT_TOKEN_INVALID",
    details: { claim },
  });
}

describe("the OpenID Foundation's list of bad logout tokens", () => {
  it("rp-backchannel-rpinitlogout-alg-none", async () => {
    const none = (claims: object = {}) =>
      logoutToken({
        header: { alg: "none", kid: undefined },
        sign: () => Buffer.alloc(0),
        claims: { ...claims },
      });
    await expectRefused(none(), "alg");
    // No definition can ask for it either.
    const define = () => provider.client({ idToken: { algorithms: ["RS256", "none"] } });
    expect(define).toThrow("idToken.algorithms must not list none");
  });

  it("rp-backchannel-rpinitlogout-no-event", async () => {
    await expectRefused(logoutToken({ claims: { events: undefined } }), "events");
  });

  it("rp-backchannel-rpinitlogout-with-nonce", async () => {
    await expectRefused(logoutToken({ claims: { nonce: "n-0S6_WzA2Mj" } }), "nonce");
  });

  it("rp-backchannel-rpinitlogout-wrong-alg", async () => {
    provider.published = [KEY.jwk, OTHER.jwk];
    const es256 = { alg: "ES256", kid: "other" };
    await expectRefused(
      logoutToken({ header: es256, sign: (input) => signature("ES256", OTHER.privateKey, input) }),
      "alg",
    );
    const pem = KEY.publicKey.export({ format: "pem", type: "spki" }).toString();
    await expectRefused(
      logoutToken({ header: { alg: "HS256" }, sign: (input) => signature("HS256", pem, input) }),
      "alg",
    );
  });

  it("rp-backchannel-rpinitlogout-wrong-aud", async () => {
    await expectRefused(logoutToken({ claims: { aud: "another-client" } }), "aud");
    await expectRefused(logoutToken({ claims: { aud: undefined } }), "aud");
  });

  it("rp-backchannel-rpinitlogout-wrong-event", async () => {
    for (const events of [
      { "http://schemas.openid.net/event/other": {} },
      { [EVENT]: "yes" },
      { [EVENT]: null },
      { [EVENT]: [] },
      [EVENT],
      EVENT,
      null,
    ]) {
      await expectRefused(logoutToken({ claims: { events } }), "events");
    }
  });

  it("rp-backchannel-rpinitlogout-wrong-iss", async () => {
    await expectRefused(logoutToken({ claims: { iss: "https://evil.example.com" } }), "iss");
    await expectRefused(logoutToken({ claims: { iss: `${provider.issuer}/` } }), "iss");
    await expectRefused(logoutToken({ claims: { iss: undefined } }), "iss");
  });
});

describe("a logout token", () => {
  it.each<[string, IdTokenFault]>([
    ["with sub and sid", {}],
    ["with sub alone, which ends all of the user's sessions", { claims: { sid: undefined } }],
    ["with sid alone", { claims: { sub: undefined } }],
    ["for several clients", { claims: { aud: ["another-client", "client"] } }],
    [
      "of the type JWT, as providers before the final specification send it",
      { header: { typ: "JWT" } },
    ],
    ["of no type", { header: { typ: undefined } }],
    [
      "without an end, as providers before the final specification send it",
      { claims: { exp: undefined } },
    ],
    [
      "with more in its event",
      { claims: { events: { [EVENT]: { reason: "admin" }, "urn:x": {} } } },
    ],
  ])("is accepted %s", async (_name, fault) => {
    const jwt = logoutToken(fault);
    const expected = JSON.parse(
      Buffer.from(jwt.split(".")[1] as string, "base64url").toString(),
    ) as object;
    expect(await client.verifyLogoutToken(jwt)).toEqual(expected);
  });

  it.each<[string, IdTokenFault, string]>([
    ["with neither sub nor sid", { claims: { sub: undefined, sid: undefined } }, "sub"],
    ["with a sub that is a number", { claims: { sub: 7 } }, "sub"],
    ["with a sid that is empty", { claims: { sid: "" } }, "sid"],
    ["without an id", { claims: { jti: undefined } }, "jti"],
    ["with an id that is an object", { claims: { jti: {} } }, "jti"],
    ["without a time", { claims: { iat: undefined } }, "iat"],
    [
      "of ten minutes ago",
      { claims: { iat: Date.UTC(2026, 0, 15, 11, 50) / 1000, exp: undefined } },
      "iat",
    ],
    ["of the future", { claims: { iat: Date.UTC(2026, 0, 15, 12, 6) / 1000 } }, "iat"],
    ["that has ended", { claims: { exp: Date.UTC(2026, 0, 15, 11, 55) / 1000 } }, "exp"],
    ["of the type of an access token", { header: { typ: "at+jwt" } }, "typ"],
    ["with crit in its header", { header: { crit: ["x"], x: 1 } }, "crit"],
    ["with a broken signature", { sign: () => Buffer.from("no") }, "signature"],
  ])("is refused %s", async (_name, fault, claim) => {
    await expectRefused(logoutToken(fault), claim);
  });

  it("that is signed with a key of somebody else is refused", async () => {
    const jwt = logoutToken({ header: { kid: "unknown" } });
    expect(await rejectionOf(client.verifyLogoutToken(jwt))).toMatchObject({
      code: "KEY_SELECTION_FAILED",
    });
  });

  it.each([
    ["nothing", undefined],
    ["a word", "no"],
    ["ten megabytes", "a.".repeat(5e6)],
  ])("that is %s is refused", async (_name, jwt) => {
    await expectRefused(jwt as string, "jwt");
  });

  it("is accepted once, and a refused one does not count", async () => {
    const claims = { jti: "one-and-only" };
    await expectRefused(logoutToken({ claims: { ...claims, aud: "x" } }), "aud");
    const jwt = logoutToken({ claims });
    await client.verifyLogoutToken(jwt);
    await expectRefused(jwt, "jti");
    await expectRefused(logoutToken({ claims }), "jti");
  });

  it("is accepted once when it comes twice at a time", async () => {
    const jwt = logoutToken();
    const outcomes = await Promise.allSettled([
      client.verifyLogoutToken(jwt),
      client.verifyLogoutToken(jwt),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("is accepted once by all processes that share what their `seen` functions remember", async () => {
    const ids: [string, number][] = [];
    const seen = (id: string, until: number): Promise<boolean> => {
      const known = ids.some(([other]) => other === id);
      ids.push([id, until]);
      return Promise.resolve(known);
    };
    const jwt = logoutToken({ claims: { jti: "shared" } });
    await client.verifyLogoutToken(jwt, { seen });
    const elsewhere = provider.client();
    expect(await rejectionOf(elsewhere.verifyLogoutToken(jwt, { seen }))).toMatchObject({
      code: "LOGOUT_TOKEN_INVALID",
      details: { claim: "jti" },
    });
    // It is remembered for longer than the token is valid.
    expect(ids[0]?.[0]).toBe("shared");
    expect(ids[0]?.[1]).toBeGreaterThanOrEqual((provider.clock.seconds + 300) * 1000);
  });

  it("is refused as an ID token, and an ID token as a logout token", async () => {
    await expectRefused(provider.idToken(), "events");
    await expectRefused(provider.idToken({ claims: { jti: "a" } }), "events");
    for (const typ of ["logout+jwt", "JWT"]) {
      const jwt = logoutToken({ header: { typ } });
      expect(await rejectionOf(client.verifyIdToken(jwt))).toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "events" },
      });
    }
  });

  it("cannot be verified for a provider without keys", async () => {
    const { token } = provider.client().provider.endpoints;
    client = provider.client({ endpoints: { token } });
    expect(await rejectionOf(client.verifyLogoutToken(logoutToken()))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });
});

describe("the logout URL", () => {
  const page = "https://id.example.com/logout?tenant=a%20b";
  const at = (endSession?: string): OAuth2Client => {
    const { endpoints } = provider.client().provider;
    return provider.client({ endpoints: { ...endpoints, ...(endSession && { endSession }) } });
  };

  it("is OpenID Connect RP-Initiated Logout §2's request, on top of the page's own query", () => {
    const url = new URL(
      at(page).logoutUrl({
        idToken: "a.b.c",
        postLogoutRedirectUri: "https://app.example.com/bye?x=1&y=2",
        state: "a&b",
        logoutHint: "ada@example.com",
        uiLocales: ["fr-CA", "fr"],
      }),
    );
    expect(`${url.origin}${url.pathname}`).toBe("https://id.example.com/logout");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: "a b",
      id_token_hint: "a.b.c",
      client_id: "client",
      post_logout_redirect_uri: "https://app.example.com/bye?x=1&y=2",
      state: "a&b",
      logout_hint: "ada@example.com",
      ui_locales: "fr-CA fr",
    });
  });

  it("needs no options", () => {
    expect(at("https://id.example.com/logout").logoutUrl()).toBe(
      "https://id.example.com/logout?client_id=client",
    );
  });

  it("takes the ID token from a Token", async () => {
    const token = await provider.signIn(client);
    const url = new URL(at(page).logoutUrl({ idToken: token }));
    expect(url.searchParams.get("id_token_hint")).toBe(token.idToken);
    expect(url.href).not.toContain(CANARY.accessToken);
  });

  it.each<[string, () => string]>([
    ["for a provider without the page", () => at().logoutUrl()],
    ["with a way back that is no URL", () => at(page).logoutUrl({ postLogoutRedirectUri: "/bye" })],
    ["with an empty ID token", () => at(page).logoutUrl({ idToken: "" })],
    [
      "with a misspelled option",
      () => at(page).logoutUrl({ redirectUri: "https://a.example/" } as never),
    ],
  ])("is refused %s", (_name, make) => {
    expect(make).toThrow(ConfigurationError);
  });
});
