import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type IdTokenRules, OAuth2Client } from "@grantkit/core";
import { AuthorizationServer } from "./support/authorization-server.ts";
import { rejectionOf } from "./support/canaries.ts";
import { FaultyProvider, signingKey, SUBJECT } from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "real");

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});
afterEach(() => provider.close());

const clientWith = (idToken: IdTokenRules): OAuth2Client => provider.client({ idToken });

type Claims = Readonly<Record<string, unknown>>;

const idToken = (claims: Claims): string => provider.idToken({ claims });

describe("verifyIdToken() for an app with a client ID for each platform (authorizedParties)", () => {
  let client: OAuth2Client;
  beforeEach(() => {
    client = clientWith({ authorizedParties: ["android", "ios"], audiences: ["project"] });
  });

  it.each<[string, Claims]>([
    ["for this client alone", { aud: "client" }],
    ["for this client, requested by the Android app", { aud: "client", azp: "android" }],
    ["for the iOS app", { aud: "ios" }],
    ["for the iOS app, requested by itself", { aud: ["ios"], azp: "ios" }],
    ["for the iOS app and this client", { aud: ["ios", "client"], azp: "ios" }],
    ["for a trusted audience besides", { aud: ["android", "project"], azp: "android" }],
  ])("accepts a token %s", async (_name, claims) => {
    expect(await client.verifyIdToken(idToken(claims))).toMatchObject({ sub: SUBJECT, ...claims });
  });

  it.each<[string, Claims, string]>([
    ["for another client", { aud: "other" }, "aud"],
    ["for this client, requested by another", { aud: "client", azp: "other" }, "azp"],
    ["for the iOS app, requested by another", { aud: "ios", azp: "other" }, "azp"],
    ["for the iOS app and another client", { aud: ["ios", "other"], azp: "ios" }, "aud"],
    ["for two of the apps without azp", { aud: ["ios", "client"] }, "aud"],
    ["for a trusted audience alone", { aud: "project", azp: "ios" }, "aud"],
    ["for an app whose name begins the same", { aud: "ios2" }, "aud"],
    ["with a list of parties", { aud: "client", azp: ["android"] }, "azp"],
  ])("refuses a token %s", async (_name, claims, claim) => {
    const error = await rejectionOf(client.verifyIdToken(idToken(claims)));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
  });

  it.each<[string, Claims, string]>([
    ["requested by the Android app", { azp: "android" }, "azp"],
    ["for the iOS app", { aud: "ios", azp: "ios" }, "aud"],
    ["for the iOS app besides", { aud: ["client", "ios"], azp: "client" }, "aud"],
  ])("leaves a sign-in as strict as before: a token %s", async (_name, claims, claim) => {
    const error = await rejectionOf(provider.signIn(client, { claims }));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim } });
    const token = await provider.signIn(client);
    provider.fault = { claims };
    expect(await rejectionOf(client.refreshToken(token))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim },
    });
  });

  it("leaves logout tokens as strict as before", async () => {
    const logout = idToken({
      aud: "ios",
      nonce: undefined,
      jti: "logout-1",
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    expect(await rejectionOf(client.verifyLogoutToken(logout))).toMatchObject({
      code: "LOGOUT_TOKEN_INVALID",
      details: { claim: "aud" },
    });
  });

  it("says which option a token of another platform needs", async () => {
    const strict = clientWith({});
    const error = await rejectionOf(strict.verifyIdToken(idToken({ aud: "client", azp: "ios" })));
    expect((error as Error).message).toContain("idToken.authorizedParties");
  });
});

describe("oidc-provider with a client for each platform", () => {
  it("issues a token to one, which the other accepts where its definition lists that one", async () => {
    const server = await AuthorizationServer.start([
      { client_id: "web", token_endpoint_auth_method: "none" },
      { client_id: "ios", token_endpoint_auth_method: "none" },
    ]);
    const discover = (clientId: string, rules?: IdTokenRules) =>
      OAuth2Client.discover(server.issuer, {
        clientId,
        redirectUri: "https://app.example.com/callback",
        provider: {
          name: "certified",
          defaultScope: ["openid"],
          ...(rules && { idToken: rules }),
        },
      });
    const ios = await discover("ios");
    const request = await ios.authorizationRequest();
    const token = await ios.fetchToken(await server.visit(request.url, "eve"), request);
    const jwt = token.idToken as string;
    const web = await discover("web", { authorizedParties: ["ios"] });
    expect(await web.verifyIdToken(jwt)).toMatchObject({ sub: "eve", aud: "ios" });
    expect(await rejectionOf((await discover("web")).verifyIdToken(jwt))).toMatchObject({
      details: { claim: "aud" },
    });
    await server.close();
  });
});

describe("a provider with audiences alone (Zitadel)", () => {
  it("issues tokens for this client and its project, and none without this client", async () => {
    const client = clientWith({ audiences: ["project"] });
    const claims = { aud: ["client", "project"], azp: "client" };
    expect((await provider.signIn(client, { claims })).claims).toMatchObject(claims);
    for (const other of [{ aud: "project", azp: "client" }, { aud: ["project", "other"] }]) {
      expect(await rejectionOf(client.verifyIdToken(idToken(other)))).toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "aud" },
      });
    }
  });
});
