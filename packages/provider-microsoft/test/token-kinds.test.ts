import { describe, expect, it } from "@jest/globals";
import { microsoftForEach } from "./support/client.ts";
import { signedTokensFor } from "./support/signed-tokens.ts";

const microsoft = microsoftForEach();
const { clientOf, signIn } = microsoft;
const scopeOf = (name: string) => `api://${microsoft.server.clientId}/${name}`;

/** What an app whose API has the same registration gets for an access token. */
const refused = (claim: string) => ({
  code: "ID_TOKEN_INVALID",
  message: expect.stringContaining("it is an access token"),
  details: { claim },
});

describe("where an API and its client share a registration, verifyIdToken()", () => {
  it("refuses a user's access token, whose audience and party are the client", async () => {
    const client = clientOf();
    const { accessToken, idToken = "" } = await signIn(client, ["openid", scopeOf("files.read")]);
    await expect(client.verifyIdToken(accessToken)).rejects.toMatchObject(refused("scp"));
    await expect(client.verifyIdToken(idToken)).resolves.toHaveProperty("sub");
  });

  it("refuses the access token of the app itself", async () => {
    const { tenantId: tenant } = microsoft.server;
    const app = clientOf({ tenant, endpoints: microsoft.server.tenantEndpoints(tenant) });
    const token = await app.fetchClientCredentialsToken({ scope: [scopeOf(".default")] });
    await expect(app.verifyIdToken(token.accessToken)).rejects.toMatchObject(refused("idtyp"));
  });

  it("accepts the ID token of a user with roles and groups", async () => {
    microsoft.server.configure({ groups: "claim" });
    const client = clientOf();
    const { idToken = "" } = await signIn(client, ["openid", "profile", "email"]);
    await expect(client.verifyIdToken(idToken)).resolves.toMatchObject({
      roles: ["Engineer"],
      groups: [expect.any(String)],
    });
  });
});

describe("by its claims, a token", () => {
  const tokens = signedTokensFor(microsoft);
  const verified = (claims: object) => {
    const azp = microsoft.server.clientId;
    const client = clientOf({ endpoints: tokens.endpoints() });
    return client.verifyIdToken(tokens.signed({ azp, ...claims }));
  };

  it.each<[string, object]>([
    ["scp", { scp: "files.read", roles: ["Engineer"] }],
    ["scp", { scp: "" }],
    ["idtyp", { idtyp: "app", roles: ["Reports.Read"] }],
    ["idtyp", { idtyp: "user" }],
    ["azpacr", { azpacr: "1", roles: ["Reports.Read"] }],
    ["appid", { appid: "66666666-ffff-4fff-8fff-666666666666" }],
    ["appidacr", { appidacr: "0" }],
  ])("is an access token if it has %s: %j", async (claim, claims) => {
    await expect(verified(claims)).rejects.toMatchObject(refused(claim));
  });

  it("of B2C is an ID token with any claims that the policy chooses, and the time of the sign-in", async () => {
    const tenantId = "44444444-ffff-4fff-8fff-444444444444";
    const { jwks } = tokens.endpoints();
    const endpoints = { ...microsoft.server.b2cEndpoints(), jwks };
    const tenant = { b2c: "contosob2c", policy: "B2C_1_signupsignin", tenantId };
    const { clientId: azp } = microsoft.server;
    const token = (claims: object) =>
      tokens.signed({ iss: endpoints.issuer, tfp: tenant.policy, ...claims });
    const client = clientOf({ tenant, endpoints });
    for (const claims of [{ appid: azp, idtyp: "x" }, { azp, auth_time: 1 }, { roles: ["x"] }]) {
      await expect(client.verifyIdToken(token(claims))).resolves.toMatchObject(claims);
    }
    const ofUser = client.verifyIdToken(token({ azp, auth_time: 1, scp: "tasks.read" }));
    await expect(ofUser).rejects.toMatchObject(refused("scp"));
    await expect(client.verifyIdToken(token({ azp }))).rejects.toMatchObject(refused("azp"));
  });

  // Neither is in the reference of ID tokens, but OpenID Connect allows azp there.
  it.each([{}, { azp: undefined }, { roles: ["Engineer"] }, { acrs: ["c1"], xms_cc: ["cp1"] }])(
    "is an ID token with the claims %j",
    async (claims) => {
      await expect(verified(claims)).resolves.toMatchObject({ sub: "s" });
    },
  );
});
