import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { bearer, placeToken, Token } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { GOOD, TokenEndpoint } from "./support/token-endpoint.ts";

const TYPE = "urn:ietf:params:oauth:token-type:";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});

afterEach(() => endpoint.close());

const WHOLE = Token.from({
  accessToken: CANARY.accessToken,
  refreshToken: CANARY.refreshToken,
  idToken: `${CANARY.idToken}.b.c`,
});

describe("a token exchange", () => {
  it.each([
    ["access_token", CANARY.accessToken],
    ["refresh_token", CANARY.refreshToken],
    ["id_token", `${CANARY.idToken}.b.c`],
    ["jwt", CANARY.accessToken],
  ])("sends the part of a Token that the token type names: %s", async (kind, text) => {
    await endpoint.client().exchangeToken({
      subjectToken: WHOLE,
      subjectTokenType: kind,
      actorToken: WHOLE,
      actorTokenType: kind,
    });
    expect(endpoint.form()).toMatchObject({
      subject_token: text,
      subject_token_type: `${TYPE}${kind}`,
      actor_token: text,
      actor_token_type: `${TYPE}${kind}`,
    });
  });

  it("is refused for a missing part before anything is sent", async () => {
    const token = Token.from({ accessToken: CANARY.accessToken });
    for (const subjectTokenType of ["id_token", "refresh_token"]) {
      const exchanged = endpoint.client().exchangeToken({ subjectToken: token, subjectTokenType });
      expect(await rejectionOf(exchanged)).toMatchObject({ code: "CONFIGURATION_INVALID" });
    }
    expect(endpoint.requests).toEqual([]);
  });

  it("accepts token types as short names or URIs, and sends each audience", async () => {
    await endpoint.client().exchangeToken({
      subjectToken: "s",
      subjectTokenType: "urn:example:assertion",
      requestedTokenType: "saml2",
      audience: ["urn:example:a", "urn:example:b"],
      scope: ["read"],
    });
    expect([...new URLSearchParams(endpoint.requests[0]?.body)]).toEqual(
      expect.arrayContaining([
        ["subject_token_type", "urn:example:assertion"],
        ["requested_token_type", `${TYPE}saml2`],
        ["audience", "urn:example:a"],
        ["audience", "urn:example:b"],
        ["scope", "read"],
      ]),
    );
    expect(endpoint.form()).not.toHaveProperty("actor_token");
    expect(endpoint.form()).not.toHaveProperty("actor_token_type");
  });

  it("reports the type of the issued token", async () => {
    endpoint.answer({ body: { ...GOOD, issued_token_type: `${TYPE}access_token` } });
    const token = await endpoint.client().exchangeToken({ subjectToken: WHOLE });
    expect(token.raw).toEqual({ issued_token_type: `${TYPE}access_token` });
    expect(token.tokenType).toBe("bearer");
  });
});

describe("an issued token that is not an access token (RFC 8693 §2.2.1)", () => {
  const SAML = {
    access_token: CANARY.accessToken,
    issued_token_type: `${TYPE}saml2`,
    token_type: "N_A",
    expires_in: 60,
  };

  async function exchange(): Promise<Token> {
    endpoint.answer({ body: SAML });
    return endpoint.client().exchangeToken({ subjectToken: WHOLE, requestedTokenType: "saml2" });
  }

  it("keeps its type when it is stored and read", async () => {
    const token = await exchange();
    expect(token).toMatchObject({
      accessToken: CANARY.accessToken,
      tokenType: "n_a",
      raw: { issued_token_type: `${TYPE}saml2` },
      expiresAt: new Date(endpoint.clock.now() + 60_000),
    });
    const stored = Token.from(JSON.parse(JSON.stringify(token)) as Token);
    expect(stored.toJSON()).toEqual(token.toJSON());
  });

  it("is sent to no API", async () => {
    const token = await exchange();
    const client = endpoint.client();
    const calls: (() => unknown)[] = [
      () => client.session(token),
      () => client.session(token.toJSON()),
      () => bearer(token),
      () => placeToken({ url: "https://api.example.com/" }, token),
    ];
    for (const call of calls) {
      const error = await rejectionOf(Promise.resolve().then(call));
      expect(error).toMatchObject({ code: "TOKEN_INVALID" });
    }
  });

  it("is accepted by a client that binds its access tokens to a key", async () => {
    endpoint.answer({ body: SAML });
    const client = endpoint.client({}, { dpop: true });
    const token = await client.exchangeToken({
      subjectToken: "s",
      requestedTokenType: "saml2",
    });
    expect(token.tokenType).toBe("n_a");
  });

  it("is refused where an access token was asked for", async () => {
    endpoint.answer({ body: SAML });
    for (const token of [
      () => endpoint.client().fetchClientCredentialsToken(),
      () => endpoint.client().refreshToken(WHOLE),
    ]) {
      expect(await rejectionOf(token())).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        details: { field: "token_type" },
      });
    }
  });
});
