import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type IdTokenRules, OAuth2Client, type Token } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import {
  FaultyProvider,
  halfHash,
  type IdTokenFault,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "real");

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});
afterEach(() => provider.close());

const clientWith = (idToken: IdTokenRules): OAuth2Client => provider.client({ idToken });

describe("a provider whose ID tokens have no nonce (LinkedIn)", () => {
  let client: OAuth2Client;
  beforeEach(() => {
    client = clientWith({ nonce: false });
  });

  it("is sent none, and signs the user in", async () => {
    const request = await client.authorizationRequest();
    expect(request).not.toHaveProperty("nonce");
    expect(new URL(request.url).searchParams.has("nonce")).toBe(false);
    const stored = JSON.parse(JSON.stringify(request));
    const token = await client.fetchToken(provider.callbackFor(stored), stored);
    expect(token.claims).toMatchObject({ sub: SUBJECT });
  });

  it("is sent none when a hook adds openid", async () => {
    const hooked = provider.client(
      { idToken: { nonce: false }, defaultScope: [] },
      {
        hooks: {
          authorizationRequest: (value) => ({
            ...value,
            parameters: { ...value.parameters, scope: "openid" },
          }),
        },
      },
    );
    const request = await hooked.authorizationRequest();
    expect(request.scope).toEqual(["openid"]);
    expect(request).not.toHaveProperty("nonce");
  });

  it.each<[string, IdTokenFault, string]>([
    ["whose iat is 301 s old", { claims: { iat: new FakeClock().seconds - 301 } }, "iat"],
    ["whose iat is missing", { claims: { iat: undefined } }, "iat"],
    ["with another at_hash", { claims: { at_hash: halfHash("another-token") } }, "at_hash"],
    ["with the c_hash of another code", { claims: { c_hash: halfHash("another-code") } }, "c_hash"],
    ["with a c_hash that is null", { claims: { c_hash: null } }, "c_hash"],
    ["for another client", { claims: { aud: "other" } }, "aud"],
    ["with a nonce, which another sign-in has sent", { claims: { nonce: "n-1" } }, "nonce"],
  ])("is refused an ID token %s", async (_name, fault, claim) => {
    const error = await rejectionOf(provider.signIn(client, fault));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
  });

  it("is believed when at_hash and c_hash fit", async () => {
    const claims = { at_hash: halfHash(CANARY.accessToken), c_hash: halfHash(CANARY.code) };
    const token = await provider.signIn(client, { claims });
    expect(token.claims).toMatchObject(claims);
  });

  it("checks the nonce of a request that has one all the same", async () => {
    const request = { ...(await client.authorizationRequest()), nonce: "sent-before-a-deploy" };
    const callback = provider.callbackFor(request, { claims: { nonce: "another" } });
    const error = await rejectionOf(client.fetchToken(callback, request));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "nonce" } });
  });

  it("sends one in the implicit grant, which has nothing else (OpenID Connect Core §3.2.2.1)", async () => {
    const request = await client.authorizationRequest({ responseType: "token" });
    expect(request.nonce).toHaveLength(43);
    const { nonce, ...stored } = request;
    expect(nonce).toBeDefined();
    const callback = `https://app.example.com/callback#state=${request.state}&access_token=a`;
    const error = await rejectionOf(client.tokenFromFragment(callback, stored));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  });

  it("refuses a refreshed ID token of another user", async () => {
    const token: Token = await provider.signIn(client);
    provider.fault = { claims: { sub: "somebody-else" } };
    const error = await rejectionOf(client.refreshToken(token));
    expect(error).toMatchObject({ code: "SUBJECT_MISMATCH" });
  });
});

describe("idToken of a definition", () => {
  it("is sent a nonce when nothing is said about it, and cannot be without by an option", async () => {
    const client = clientWith({});
    expect((await client.authorizationRequest()).nonce).toHaveLength(43);
    const options = { nonce: false } as object;
    expect(await rejectionOf(client.authorizationRequest(options))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  });

  it.each<[object, string]>([
    [{ nonce: "no" }, "idToken.nonce must be true or false"],
    [{ nonces: false }, "idToken.nonces is not an option; did you mean idToken.nonce?"],
    [{ algorithms: "HS256" }, "idToken.algorithms must be an array of algorithms"],
    [{ authorizedParties: "ios" }, "idToken.authorizedParties must be an array of client IDs"],
    [{ authorizedParties: [""] }, "idToken.authorizedParties[0] must be a client ID"],
    [{ authorisedParties: ["a"] }, "did you mean idToken.authorizedParties?"],
    [{ maxAge: 7 }, "idToken.maxAge is not an option"],
  ])("is refused with a sentence: %j", (idToken, sentence) => {
    expect(() => clientWith(idToken)).toThrow(sentence);
  });

  it("is refused in discover() by the same rules", async () => {
    const idToken = { nonces: false } as IdTokenRules;
    const error = await rejectionOf(
      OAuth2Client.discover(provider.issuer, {
        clientId: "client",
        clock: provider.clock,
        provider: { idToken },
      }),
    );
    expect((error as Error).message).toContain("idToken.nonces is not an option");
  });
});
