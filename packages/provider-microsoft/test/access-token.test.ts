import { describe, expect, it } from "@jest/globals";
import {
  type AccessTokenPermissions,
  MicrosoftClient,
  type MicrosoftClientOptions,
  verifyAccessToken,
} from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";
import { signedTokensFor } from "./support/signed-tokens.ts";

const microsoft = microsoftForEach();
const { clientOf, signIn } = microsoft;
const scopeOf = (name: string) => `api://${microsoft.server.clientId}/${name}`;
/** The API, which has no secret. */
const api = (options: Partial<MicrosoftClientOptions> = {}) => {
  const { clientId, endpoints } = microsoft.server;
  return new MicrosoftClient({ clientId, endpoints, clock: microsoft.clock, ...options });
};

it("gives the claims of a user's token that permits what the API asks for", async () => {
  const { accessToken } = await signIn(clientOf(), [scopeOf("files.read"), scopeOf("files.write")]);
  const { clientId, tenantId } = microsoft.server;
  const claims = await verifyAccessToken(api(), accessToken, { scope: ["files.write"] });
  expect(claims).toMatchObject({
    aud: clientId,
    azp: clientId,
    tid: tenantId,
    oid: "00000000-0000-4000-8000-000000000001",
    scp: "files.read files.write",
  });
});

it.each<[string, AccessTokenPermissions]>([
  ["scp", { scope: ["files.read", "files.write"] }],
  ["scp", { scope: ["files"] }],
  ["scp", { roles: ["files.read"] }],
])("refuses a user's token without the permission: %s, %j", async (claim, permissions) => {
  const { accessToken } = await signIn(clientOf(), [scopeOf("files.read")]);
  await expect(verifyAccessToken(api(), accessToken, permissions)).rejects.toMatchObject({
    code: "TOKEN_INVALID",
    provider: "microsoft",
    details: { claim },
  });
});

it("takes the roles of an app's own token, which has no scopes", async () => {
  const { tenantId: tenant } = microsoft.server;
  const app = clientOf({ tenant, endpoints: microsoft.server.tenantEndpoints(tenant) });
  const token = await app.fetchClientCredentialsToken({ scope: [scopeOf(".default")] });
  for (const permissions of [{ roles: ["Reports.Read"] }, { scope: [".default"] }]) {
    await expect(verifyAccessToken(api(), token.accessToken, permissions)).rejects.toMatchObject({
      details: { claim: "roles" },
    });
  }
});

it.each<[string, () => Promise<string | undefined>]>([
  ["aud", async () => (await signIn(clientOf())).accessToken],
  ["azp", async () => (await signIn(clientOf(), ["openid", "profile"])).idToken],
  ["jwt", () => Promise.resolve("no-jwt")],
])("refuses a token for its %s", async (claim, tokenOf) => {
  const token = (await tokenOf()) ?? "";
  const asked = verifyAccessToken(api(), token, { scope: ["x"], roles: ["Engineer"] });
  await expect(asked).rejects.toMatchObject({ code: "TOKEN_INVALID", details: { claim } });
});

describe("a token of Microsoft Graph", () => {
  const tokens = signedTokensFor(microsoft);
  const refused = (jwt: string, options: Partial<MicrosoftClientOptions> = {}) =>
    expect(verifyAccessToken(api(options), jwt, { scope: ["Files.Read"] })).rejects;
  const advice = () => ({
    code: "TOKEN_INVALID",
    details: { claim: "aud" },
    message: `The access token was refused: it is for Microsoft Graph. Let the caller ask for the scope ${scopeOf("Files.Read")} in place of Graph's.`,
  });

  it("is refused with what the caller must ask for", async () => {
    const { accessToken } = await signIn(clientOf());
    await refused(accessToken).toMatchObject(advice());
    // Graph alone can verify the signatures of its tokens.
    await refused(accessToken.replace(/\.[^.]+$/, ".AAAA")).toMatchObject(advice());
  });

  it.each(["https://graph.microsoft.com", "https://graph.microsoft.us/"])(
    "is recognized by the audience %s",
    async (aud) => {
      await refused(tokens.signed({ aud }), { endpoints: tokens.endpoints() }).toMatchObject(
        advice(),
      );
    },
  );

  it("is not what every token for another API is taken for", async () => {
    const token = tokens.signed({ aud: "https://graph.microsoft.com.example" });
    await refused(token, { endpoints: tokens.endpoints() }).toMatchObject({
      details: { claim: "aud" },
      message: expect.not.stringContaining("Graph"),
    });
  });
});

describe("a token that says in another way that it is a user's", () => {
  const tokens = signedTokensFor(microsoft);
  const verified = (further: object) => {
    const token = tokens.signed({ azp: "caller", ...further });
    const endpoints = tokens.endpoints();
    return verifyAccessToken(api({ endpoints }), token, { roles: ["Reports.Read"] });
  };

  it("does not pass for one of an app itself by the user's roles", async () => {
    const roles = ["Reports.Read"];
    await expect(verified({ roles })).resolves.toMatchObject({ roles });
    await expect(verified({ roles, idtyp: "app" })).resolves.toBeDefined();
    for (const further of [{ idtyp: "user" }, { scp: ["Reports.Read"] }, { scp: null }]) {
      await expect(verified({ roles, ...further })).rejects.toMatchObject({
        code: "TOKEN_INVALID",
        details: { claim: "scp" },
      });
    }
    await expect(verified({ roles, azp: "" })).rejects.toMatchObject({ details: { claim: "azp" } });
  });
});

it("names itself where it is given no client", async () => {
  const asked = verifyAccessToken(undefined as never, "x", { scope: ["x"] });
  await expect(asked).rejects.toThrow(/^verifyAccessToken\(\) cannot be used/);
});

it("refuses the users of tenants that are not named", async () => {
  const { accessToken } = await signIn(clientOf(), [scopeOf("x")], { user: "Mallory" });
  await expect(verifyAccessToken(api(), accessToken, { scope: ["x"] })).resolves.toBeDefined();
  const own = api({ tenants: [microsoft.server.tenantId] });
  await expect(verifyAccessToken(own, accessToken, { scope: ["x"] })).rejects.toMatchObject({
    code: "TOKEN_INVALID",
    details: { claim: "iss" },
  });
});

it.each<[string, unknown]>([
  ["scope or roles", undefined],
  ["scope or roles", {}],
  ["scope or roles", { scope: [] }],
  ["scope", { scope: "files.read" }],
  ["scopes", { scopes: ["x"] }],
])("asks for permissions: %s in %j", async (name, permissions) => {
  const asked = verifyAccessToken(api(), "x", permissions as AccessTokenPermissions);
  await expect(asked).rejects.toThrow(new RegExp(`- ${name} `));
});
