import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Client } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signature, signingKey, SUBJECT } from "./support/faulty-provider.ts";

const FIRST = signingKey("RS256", "first");
const SECOND = signingKey("RS256", "first");
const THIRD = signingKey("RS256", "third");
const ELLIPTIC = signingKey("ES256", "first");

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
  client = provider.client();
});

afterEach(() => provider.close());

/** A key as a key set has it, with fields set or removed. */
const listed = (
  key: typeof FIRST,
  fields: Record<string, unknown> = {},
): Record<string, unknown> => ({ ...key.jwk, ...fields });

describe("an ID token is verified with the keys that match its header", () => {
  it.each<[string, () => Record<string, unknown>[]]>([
    ["one key is listed twice", () => [listed(FIRST), listed(FIRST)]],
    ["one key is listed with and without alg", () => [listed(FIRST), listed(FIRST, { alg: null })]],
    ["no key has an alg", () => [listed(FIRST, { alg: null }), listed(SECOND, { alg: null })]],
    ["another key of the same kid comes first", () => [listed(SECOND), listed(FIRST)]],
    ["another key of the same kid comes last", () => [listed(FIRST), listed(SECOND)]],
    [
      "one of the same kid has another algorithm",
      () => [listed(FIRST, { alg: "RS512" }), listed(SECOND), listed(FIRST, { alg: null })],
    ],
    [
      "keys of the same kid have several types (RFC 7517 §4.5)",
      () => [listed(ELLIPTIC), listed(ELLIPTIC, { alg: null }), listed(FIRST, { alg: null })],
    ],
    [
      "one of the same kid cannot be read",
      () => [{ kty: "RSA", kid: "first", n: "AQAB", e: "AQAB" }, listed(SECOND), listed(FIRST)],
    ],
  ])("when %s", async (_name, published) => {
    provider.published = published();
    expect((await provider.signIn(client)).claims?.sub).toBe(SUBJECT);
    expect(provider.keySetRequests).toBe(1);
  });

  it.each<[string, () => Record<string, unknown>[]]>([
    ["twice", () => [listed(FIRST), listed(FIRST)]],
    ["under two key ids", () => [listed(FIRST), listed(FIRST, { kid: "second" })]],
    ["once without a key id", () => [listed(FIRST, { kid: null }), listed(FIRST)]],
  ])("when it has no kid and the set lists its one key %s", async (_name, published) => {
    provider.published = published();
    const token = await provider.signIn(client, { header: { kid: undefined } });
    expect(token.claims?.sub).toBe(SUBJECT);
  });

  it("when its key is listed twice among other keys", async () => {
    provider.published = [listed(THIRD), listed(FIRST), listed(FIRST), listed(THIRD)];
    expect((await provider.signIn(client)).claims?.sub).toBe(SUBJECT);
  });

  it("and its claims are checked as with one key", async () => {
    provider.published = [listed(SECOND), listed(FIRST)];
    const error = await rejectionOf(provider.signIn(client, { claims: { aud: "other" } }));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "aud" } });
  });
});

describe("an ID token is refused", () => {
  it("when none of the keys of its kid signed it", async () => {
    provider.published = [listed(FIRST), listed(SECOND), listed(FIRST)];
    const stranger = signingKey("RS256", "first");
    const error = await rejectionOf(
      provider.signIn(client, {
        sign: (input) => signature("RS256", stranger.privateKey, input),
      }),
    );
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
  });

  it("when it has no kid and two different keys match, one of them listed twice", async () => {
    provider.published = [listed(FIRST), listed(THIRD), listed(FIRST)];
    const error = await rejectionOf(provider.signIn(client, { header: { kid: undefined } }));
    expect(error).toMatchObject({ code: "KEY_SELECTION_FAILED", details: { claim: "kid" } });
  });

  it("when the only keys of its kid are for encryption or for another algorithm", async () => {
    provider.published = [listed(FIRST, { use: "enc" }), listed(FIRST, { alg: "PS256" })];
    const error = await rejectionOf(provider.signIn(client));
    expect(error).toMatchObject({ code: "KEY_SELECTION_FAILED", details: { claim: "kid" } });
  });
});

it("a logout token is verified with each of several keys with its kid too", async () => {
  provider.published = [listed(SECOND), listed(FIRST)];
  const jwt = provider.idToken({
    header: { typ: "logout+jwt" },
    claims: {
      nonce: undefined,
      jti: "logout-1",
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    },
  });
  expect(await client.verifyLogoutToken(jwt)).toMatchObject({ sub: SUBJECT });
});
