import { describe, expect, it } from "@jest/globals";
import { decodeJwt, importPKCS8, SignJWT } from "jose";
import { appleFacts, DEVELOPER } from "./apple.ts";
import { entraFacts, TENANT } from "./entra.ts";
import { keycloakFacts } from "./keycloak.ts";
import { linkedinFacts } from "./linkedin.ts";
import { oktaFacts } from "./okta.ts";
import { authorizationUrl, BASIC, codeForm, SECRET, told, VERIFIER } from "./plain-requests.ts";
import { APP } from "./server/app.ts";
import { MockProvider } from "./server/mock-provider.ts";

describe("Entra", () => {
  const facts = entraFacts("common");
  it("names the user's tenant in ID tokens, and a placeholder in the metadata of common", async () => {
    const mock = await MockProvider.start(facts);
    const form = await codeForm(mock, facts, { scope: "openid" });
    const [, body] = await told(mock.post(facts.token, { ...form, ...SECRET }));
    expect(decodeJwt(body["id_token"] as string)).toMatchObject({
      iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      tid: TENANT,
    });
    expect(body["refresh_token"]).toBeUndefined();
    const metadata = mock.fetch(
      "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
    );
    expect((await told(metadata))[1]).toMatchObject({
      issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
    });
  });
  it("refuses a request without a scope, with its own number", async () => {
    const mock = await MockProvider.start(entraFacts(TENANT));
    const answer = await told(mock.fetch(authorizationUrl(entraFacts(TENANT))));
    expect(answer).toMatchObject([400, { error: "invalid_request", error_codes: [900_144] }]);
  });
});

describe("Apple", () => {
  it("refuses a request for the name without form_post", async () => {
    const mock = await MockProvider.start(appleFacts);
    const answer = await told(mock.fetch(authorizationUrl(appleFacts, { scope: "name" })));
    expect(answer).toEqual([400, { error: "invalid_request" }]);
  });
  it("refuses a secret that is no JWT of the developer's key, or lives too long", async () => {
    const mock = await MockProvider.start(appleFacts);
    const form = await codeForm(mock, appleFacts, { scope: "name", response_mode: "form_post" });
    const exchange = (client_secret: string): Promise<[number, object]> =>
      told(mock.post(appleFacts.token, { ...form, client_id: APP.clientId, client_secret }));
    expect(await exchange(APP.clientSecret)).toEqual([400, { error: "invalid_client" }]);
    const now = mock.time / 1000;
    const signed = async (lifetime: number, issuer = DEVELOPER.teamId): Promise<string> =>
      new SignJWT()
        .setProtectedHeader({ alg: "ES256", kid: DEVELOPER.keyId })
        .setIssuer(issuer)
        .setSubject(APP.clientId)
        .setAudience("https://appleid.apple.com")
        .setIssuedAt(now)
        .setExpirationTime(now + lifetime)
        .sign(await importPKCS8(DEVELOPER.privateKey, "ES256"));
    expect(await exchange(await signed(20_000_000))).toEqual([400, { error: "invalid_client" }]);
    expect(await exchange(await signed(300, "ANOTHER"))).toEqual([
      400,
      { error: "invalid_client" },
    ]);
    expect((await exchange(await signed(300)))[0]).toBe(200);
  });
});

describe("LinkedIn", () => {
  it("answers a code_verifier as if the secret were wrong", async () => {
    const mock = await MockProvider.start(linkedinFacts);
    const { code_verifier, ...form } = await codeForm(mock, linkedinFacts, {
      scope: "openid",
      nonce: "n",
    });
    const refused = mock.post(linkedinFacts.token, {
      ...form,
      ...SECRET,
      code_verifier: code_verifier ?? "",
    });
    expect(await told(refused)).toMatchObject([401, { error: "invalid_client" }]);
    const [status, body] = await told(mock.post(linkedinFacts.token, { ...form, ...SECRET }));
    expect(status).toBe(200);
    expect(decodeJwt(body["id_token"] as string)).not.toHaveProperty("nonce");
  });
  it("refuses HTTP Basic", async () => {
    const mock = await MockProvider.start(linkedinFacts);
    const { code_verifier: _, ...form } = await codeForm(mock, linkedinFacts);
    expect((await told(mock.post(linkedinFacts.token, form, BASIC)))[0]).toBe(401);
  });
});

describe.each([
  ["Okta", oktaFacts, "https://acme.okta.com/oauth2/default"],
  ["Keycloak", keycloakFacts, "https://sso.example.com/realms/acme"],
])("%s", (_name, facts, issuer) => {
  it("publishes metadata, and refuses the plain method and another verifier", async () => {
    const mock = await MockProvider.start(facts);
    const metadata = mock.fetch(`${issuer}/.well-known/openid-configuration`);
    expect((await told(metadata))[1]).toMatchObject({ issuer, token_endpoint: facts.token });
    const plain = mock.fetch(authorizationUrl(facts, { code_challenge_method: "plain" }));
    expect((await told(plain))[0]).toBe(400);
    const form = await codeForm(mock, facts, { scope: "openid" });
    const wrong = mock.post(facts.token, { ...form, ...SECRET, code_verifier: `${VERIFIER}x` });
    expect(await told(wrong)).toMatchObject([400, { error: "invalid_grant" }]);
  });
});
