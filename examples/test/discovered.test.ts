import { describe, expect, it } from "@jest/globals";
import { keycloak } from "../src/keycloak.ts";
import { okta } from "../src/okta.ts";
import { keycloakFacts } from "./mock/keycloak.ts";
import { oktaFacts } from "./mock/okta.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { optionsFor, placesOf, signIn } from "./support/mock-client.ts";

describe.each([
  ["Okta", okta, oktaFacts, "https://acme.okta.com/oauth2/default", "/v1/userinfo"],
  [
    "Keycloak",
    keycloak,
    keycloakFacts,
    "https://sso.example.com/realms/acme",
    "/protocol/openid-connect/userinfo",
  ],
])("%s", (_name, discover, facts, issuer, userInfo) => {
  it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
    const mock = await MockProvider.start(facts);
    const client = await discover(issuer, optionsFor(mock));
    const session = client.session(await signIn(mock, client));
    expect(session.token.claims).toMatchObject({ iss: issuer });
    const { accessToken, refreshToken } = session.token;
    mock.time += 3_600_000;
    const { data } = await session.get(`${issuer}${userInfo}`);
    expect(data).toMatchObject({ preferred_username: "ada@example.com" });
    expect(session.token).not.toMatchObject({ accessToken });
    expect(session.token.refreshToken).not.toBe(refreshToken);
    await expect(session.profile()).resolves.toMatchObject({
      id: "00uid4BxXw6I6TV4m0g3",
      name: "Ada Lovelace",
      emailVerified: true,
    });
    const revoked = session.token.accessToken;
    await session.revoke();
    expect(placesOf(mock)).toContain(`POST ${facts.revocation}`);
    await expect(client.profile({ accessToken: revoked })).rejects.toMatchObject({
      code: "TOKEN_REJECTED",
    });
  });
});
