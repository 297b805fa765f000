import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client, type OAuthError } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  signingKey,
  SUBJECT,
  type IdTokenFault,
} from "./support/faulty-provider.ts";
import { type Answer } from "./support/loopback-server.ts";
import { hurry } from "./support/hurry.ts";
import { refusedSignIn } from "./support/refused-sign-in.ts";
import { turns, until } from "./support/turns.ts";

const FIRST = signingKey("RS256", "first");
const SECOND = signingKey("RS256", "second");
const WEAK = signingKey("RS256", "weak", 1024);
const MINUTE = 60_000;

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
  client = provider.client();
});

afterEach(() => provider.close());

/** The error of a sign-in of this test's client that must fail. */
const refusal = (fault?: IdTokenFault, by = client, mostFetches?: number): Promise<OAuthError> =>
  refusedSignIn(provider, by, fault, mostFetches);

/** The error of a sign-in that waits for the keys in vain: four tries, each with two retries. */
const refusalAfterWaiting = (): Promise<OAuthError> =>
  hurry(provider.clock, refusal({}, client, 12));

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
