import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client, Token } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import {
  FaultyProvider,
  type IdTokenFault,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "first");
const NOW = new FakeClock().seconds;

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
  client = provider.client();
});

afterEach(() => provider.close());

async function expectRefused(
  fault: IdTokenFault,
  claim: string,
  by: OAuth2Client = client,
): Promise<Error> {
  const error = await rejectionOf(provider.signIn(by, fault));
  expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
  return error as Error;
}

describe("an ID token with further audiences is refused", () => {
  it.each<[string, unknown]>([
    ["of which one is another client", ["client", "other"]],
    ["of which one is a number", ["client", 7]],
    ["of which one is null", ["client", null]],
    ["of which one is a list", ["client", ["client"]]],
    ["of which one is empty", ["client", ""]],
    ["of which one is this client in other letters", ["client", "CLIENT"]],
  ])("even with azp: it has audiences %s", async (_name, aud) => {
    const error = await expectRefused({ claims: { aud, azp: "client" } }, "aud");
    if (JSON.stringify(aud) === '["client","other"]') {
      expect(error.message).toContain("idToken.audiences");
    }
  });

  it("unless idToken.audiences lists them (OpenID Connect Core §3.1.3.7)", async () => {
    const trusting = provider.client({ idToken: { audiences: ["other"] } });
    const claims = { aud: ["client", "other"], azp: "client" };
    expect((await provider.signIn(trusting, { claims })).claims?.aud).toEqual(claims.aud);
    await expectRefused({ claims: { ...claims, azp: undefined } }, "aud", trusting);
    await expectRefused({ claims: { ...claims, azp: "other" } }, "azp", trusting);
    await expectRefused({ claims: { ...claims, aud: ["client", "third"] } }, "aud", trusting);
    await expectRefused({ claims: { ...claims, aud: ["client", "other", 7] } }, "aud", trusting);
    await expectRefused({ claims: { ...claims, aud: ["other"] } }, "aud", trusting);
  });

  it("but not when every audience is this client", async () => {
    const token = await provider.signIn(client, { claims: { aud: ["client", "client"] } });
    expect(token.claims?.sub).toBe(SUBJECT);
  });
});

describe("a claim that is not a valid time is refused", () => {
  /** Sets a claim to a JSON text that JSON.stringify would not write. */
  const raw = (claim: string, text: string, claims = {}): IdTokenFault => ({
    claims: { [claim]: "$raw", ...claims },
    payload: (json) => json.replace('"$raw"', text),
  });

  it.each([
    ["exp", "9e999"],
    ["exp", "-9e999"],
    ["exp", "1e300"],
    ["exp", "8640000000001"],
    ["iat", "9e999"],
    ["iat", "-9e999"],
    ["nbf", "-9e999"],
    ["nbf", "9e999"],
    ["auth_time", "9e999"],
    ["auth_time", "-1e308"],
  ])("%s: %s", async (claim, text) => {
    await expectRefused(raw(claim, text), claim);
    expect(
      await rejectionOf(client.verifyIdToken(provider.idToken(raw(claim, text)))),
    ).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
  });

  it.each([
    ["exp", "9e999"],
    ["iat", "9e999"],
  ])("in a logout token: %s: %s", async (claim, text) => {
    const jwt = provider.idToken({
      ...raw(claim, text, {
        nonce: undefined,
        jti: "logout-infinite",
        events: { "http://schemas.openid.net/event/backchannel-logout": {} },
      }),
      header: { typ: "logout+jwt" },
    });
    expect(await rejectionOf(client.verifyLogoutToken(jwt))).toMatchObject({
      code: "LOGOUT_TOKEN_INVALID",
      details: { claim },
    });
  });

  it("but a fraction of a second is accepted", async () => {
    const token = await provider.signIn(client, { claims: { exp: NOW + 60.5, iat: NOW - 0.5 } });
    expect(token.claims?.exp).toBe(NOW + 60.5);
  });
});

describe("a __proto__ field of an ID token", () => {
  const withProto = (text: string): IdTokenFault => ({
    claims: { address: { country: "NL" } },
    payload: (json) =>
      json
        .replace("{", `{"__proto__":${text},`)
        .replace('"country"', `"__proto__":${text},"country"`),
  });

  it.each(['{"admin":true}', '"text"', "null", '[{"__proto__":{"admin":true}}]'])(
    "is dropped at every level, whatever it is: %s",
    async (text) => {
      const { claims } = await provider.signIn(client, withProto(text));
      const address = claims?.["address"] as object;
      expect(Object.hasOwn(claims as object, "__proto__")).toBe(false);
      expect(Object.hasOwn(address, "__proto__")).toBe(false);
      expect(address).toEqual({ country: "NL" });
      // What apps do with claims.
      const copy = Object.assign({}, claims) as Record<string, unknown>;
      expect(copy["admin"]).toBeUndefined();
      const stored = Token.from({ accessToken: "a", ...(claims && { claims }) });
      expect(JSON.stringify(stored)).not.toContain("__proto__");
    },
  );
});

describe("the size of an ID token", () => {
  const groups = (count: number) =>
    Array.from({ length: count }, (_, index) => `${index}-aaaa-bbbb-cccc-dddd-eeeeeeeeeee`);

  it.each([400, 1000])("may hold %d groups", async (count) => {
    const fault = { claims: { groups: groups(count) } };
    expect(provider.idToken(fault).length).toBeGreaterThan(count * 45);
    const token = await provider.signIn(client, fault);
    expect(token.claims?.["groups"]).toHaveLength(count);
  });

  it("is at most 64 KB, which is checked before the keys are fetched", async () => {
    const error = await expectRefused({ claims: { padding: "x".repeat(64 * 1024) } }, "jwt");
    expect(error.message).toContain("64 KB");
    expect(provider.keySetRequests).toBe(0);
  });
});

describe("idToken.algorithms", () => {
  it("is the only list of accepted algorithms, whatever the metadata lists", async () => {
    const elliptic = signingKey("ES256", "elliptic");
    provider.published = [KEY.jwk, elliptic.jwk];
    provider.metadata = { id_token_signing_alg_values_supported: ["RS256", "ES256"] };
    const pinned = await provider.discover({
      provider: { name: "faulty", defaultScope: ["openid"], idToken: { algorithms: ["ES256"] } },
    } as never);
    await expectRefused({}, "alg", pinned);
    provider.key = elliptic;
    expect((await provider.signIn(pinned)).claims?.sub).toBe(SUBJECT);
  });

  it("may be undefined, which accepts the algorithms of the metadata", async () => {
    const elliptic = signingKey("ES256", "elliptic");
    provider.key = elliptic;
    provider.published = [elliptic.jwk];
    const idToken = { algorithms: undefined };
    const unpinned = await provider.discover({
      provider: { name: "faulty", defaultScope: ["openid"], idToken },
    } as never);
    expect((await provider.signIn(unpinned)).claims?.sub).toBe(SUBJECT);
  });

  it.each<[string, unknown, string]>([
    ["a text instead of a list", { algorithms: "RS256" }, "idToken.algorithms"],
    ["an empty list", { algorithms: [] }, "idToken.algorithms"],
    ["a list that contains a number", { algorithms: ["ES256", 7] }, "idToken.algorithms[1]"],
    ["a misspelled field", { algorithm: ["ES256"] }, "idToken.algorithm"],
    ["audiences that are no list", { audiences: "other" }, "idToken.audiences"],
    ["a list instead of the whole idToken object", ["ES256"], "idToken"],
    ["a flag that is a text", { issuerWithoutScheme: "yes" }, "idToken.issuerWithoutScheme"],
  ])("is refused, as other bad fields of idToken are: %s", (_name, idToken, named) => {
    expect(() => provider.client({ idToken: idToken as never })).toThrow(named);
  });
});
