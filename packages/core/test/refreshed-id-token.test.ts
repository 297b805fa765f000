import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Client, Token, type OAuthError } from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  halfHash,
  signature,
  signingKey,
  SUBJECT,
  type IdTokenFault,
  type SigningKey,
} from "./support/faulty-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

const FIRST = signingKey("RS256", "first");
const SECOND = signingKey("RS256", "second");
const STRANGER = signingKey("RS256", "first");
const NOW = new FakeClock().seconds;
const MINUTE = 60_000;

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(FIRST);
  client = provider.client();
});

afterEach(() => provider.close());

function forgedWith(key: SigningKey, alg: string = key.alg): IdTokenFault {
  return { header: { alg }, sign: (input) => signature(alg, key.privateKey, input) };
}

const UNSIGNED: IdTokenFault = { header: { alg: "none", kid: undefined }, sign: () => Buffer.of() };

describe("an ID token that comes with a refresh", () => {
  const RENEWED = "canary-access-token-after-refresh-9Zq";
  const ROTATED = "canary-refresh-token-after-refresh-4Tn";
  let before: Token;

  beforeEach(async () => {
    before = await provider.signIn(client, { claims: { auth_time: NOW, azp: "client" } });
    provider.clock.advance(MINUTE);
    provider.tokenFields = { access_token: RENEWED, refresh_token: ROTATED };
  });

  function refreshWith(fault: IdTokenFault, by: OAuth2Client = client): Promise<Token> {
    provider.fault = { ...fault, claims: { nonce: undefined, ...fault.claims } };
    return by.refreshToken(before);
  }

  it("of the same user replaces the one before, with its claims", async () => {
    const after = await refreshWith({ claims: { email: "new@example.com" } });
    expect(after.accessToken).toBe(RENEWED);
    expect(after.idToken).not.toBe(before.idToken);
    expect(after.claims).toMatchObject({ sub: SUBJECT, email: "new@example.com", iat: NOW + 60 });
  });

  it("that is left out keeps the one before", async () => {
    provider.tokenFields = { access_token: RENEWED, id_token: undefined };
    const after = await client.refreshToken(before);
    expect(after.accessToken).toBe(RENEWED);
    expect(after.idToken).toBe(before.idToken);
    expect(after.claims).toEqual(before.claims);
  });

  it("may have the nonce of the sign-in", async () => {
    const after = await refreshWith({ claims: { nonce: before.claims?.["nonce"] } });
    expect(after.accessToken).toBe(RENEWED);
  });

  it("of another user is refused, and the new token thrown away", async () => {
    const error = await rejectionOf(refreshWith({ claims: { sub: "another" } }));
    expect(error).toMatchObject({ code: "SUBJECT_MISMATCH", details: { claim: "sub" } });
    expectNoCanary(error, RENEWED, ROTATED);
    expect(client.session(before).token).toBe(before);
  });

  const refused: [string, IdTokenFault, string][] = [
    ["of another issuer", { claims: { iss: "https://evil.example.com" } }, "iss"],
    ["for another client", { claims: { aud: "other" } }, "aud"],
    ["that is unsigned", UNSIGNED, "alg"],
    ["that another key has signed", forgedWith(STRANGER), "signature"],
    [
      "whose at_hash is the old access token's",
      { claims: { at_hash: halfHash(CANARY.accessToken) } },
      "at_hash",
    ],
    ["that another client asked for", { claims: { azp: "other" } }, "azp"],
    ["with another nonce", { claims: { nonce: "another" } }, "nonce"],
    ["of another authentication", { claims: { auth_time: NOW - 5 } }, "auth_time"],
  ];
  it.each(refused)("is refused %s", async (_name, fault, claim) => {
    const error = await rejectionOf(refreshWith(fault));
    expect(error).toMatchObject({ details: { claim } });
    expect(["ID_TOKEN_INVALID", "SUBJECT_MISMATCH"]).toContain((error as OAuthError).code);
    expectNoCanary(error, RENEWED, ROTATED);
    expect(client.session(before).token).toBe(before);
  });

  it("may name the same issuer in its other accepted spelling", async () => {
    const variant = provider.client({ idToken: { issuerWithoutScheme: true } });
    const iss = provider.issuer.replace("http://", "");
    const after = await refreshWith({ claims: { iss } }, variant);
    expect(after.accessToken).toBe(RENEWED);
  });

  it("is verified with new keys even just after requests with made-up key ids", async () => {
    provider.key = SECOND;
    for (let index = 0; index < 10; index += 1) {
      const header = { kid: `made-up-${index}` };
      await rejectionOf(client.verifyIdToken(provider.idToken({ header })));
    }
    provider.published = [SECOND.jwk];
    const after = await refreshWith({ claims: { email: "new@example.com" } });
    expect(after.refreshToken).toBe(ROTATED);
    expect(after.claims).toMatchObject({ email: "new@example.com" });
  });

  it("does not lose the rotated refresh token when this machine's clock is wrong", async () => {
    provider.ahead = 10 * MINUTE;
    const after = await refreshWith({ claims: { iat: NOW + 660, exp: NOW + 1200 } });
    expect(after.refreshToken).toBe(ROTATED);
    expect(after.claims).toEqual(before.claims);
  });

  it("does not lose the rotated refresh token when the keys are unavailable", async () => {
    const afterRestart = provider.client();
    provider.keySetAnswer = () => ({ status: 503 });
    const after: unknown = await refreshWith({}, afterRestart).catch((error: unknown) => error);
    provider.keySetAnswer = undefined;
    const session = afterRestart.session(before);
    if (!(after instanceof Token)) await session.refresh();
    const sent = provider.server.received("/token").map(({ body }) => new URLSearchParams(body));
    expect(sent.filter((form) => form.get("refresh_token") === CANARY.refreshToken)).toHaveLength(
      1,
    );
    expect(session.token.refreshToken).toBe(ROTATED);
  });
});
