import { expect, it } from "@jest/globals";
import {
  ConfigurationError,
  microsoft,
  MicrosoftClient,
  type MicrosoftClientOptions,
  type MicrosoftOptions,
} from "@grantkit/provider-microsoft";
import { CONSUMERS, OTHER_TENANT, TENANT } from "./support/accounts.ts";

const login = "https://login.microsoftonline.com";

it.each([
  ["common", { template: `${login}/{tid}/v2.0` }],
  ["organizations", { template: `${login}/{tid}/v2.0`, except: { tid: [CONSUMERS] } }],
  ["consumers", `${login}/${CONSUMERS}/v2.0`],
  [TENANT, `${login}/${TENANT}/v2.0`],
])("has the documented endpoints and the issuer of %s", (tenant, issuer) => {
  const provider = microsoft({ tenant });
  expect(provider).toMatchObject({
    name: "microsoft",
    endpoints: {
      authorization: `${login}/${tenant}/oauth2/v2.0/authorize`,
      token: `${login}/${tenant}/oauth2/v2.0/token`,
      jwks: `${login}/${tenant}/discovery/v2.0/keys`,
      deviceAuthorization: `${login}/${tenant}/oauth2/v2.0/devicecode`,
      endSession: `${login}/${tenant}/oauth2/v2.0/logout`,
    },
    api: { baseUrl: "https://graph.microsoft.com/v1.0" },
    defaultScope: ["openid", "profile", "email", "offline_access", "User.Read"],
  });
  expect(provider.issuer).toEqual(issuer);
});

it("is for everybody unless a tenant is named", () => {
  expect(microsoft()).toMatchObject({ endpoints: { token: `${login}/common/oauth2/v2.0/token` } });
});

it("limits common to the tenants that are named", () => {
  expect(microsoft({ tenants: [TENANT, OTHER_TENANT.toUpperCase()] }).issuer).toEqual({
    template: `${login}/{tid}/v2.0`,
    values: { tid: [TENANT, OTHER_TENANT] },
  });
});

it("has the endpoints of External ID, whose issuer has the tenant's ID for a host", () => {
  const base = `https://contoso.ciamlogin.com/${TENANT}`;
  expect(microsoft({ tenant: { externalId: "contoso", tenantId: TENANT } })).toMatchObject({
    issuer: `https://${TENANT}.ciamlogin.com/${TENANT}/v2.0`,
    endpoints: {
      authorization: `${base}/oauth2/v2.0/authorize`,
      token: `${base}/oauth2/v2.0/token`,
      jwks: `${base}/discovery/v2.0/keys`,
    },
    api: { baseUrl: "https://graph.microsoft.com/v1.0" },
  });
});

it("has the issuers of customers' tenants in lower case, as tokens have them", () => {
  const [tenantId, id] = [TENANT.replace("1", "A"), TENANT.replace("1", "a")];
  const b2c = microsoft({ tenant: { b2c: "Contoso", policy: "B2C_1_signin", tenantId } });
  expect(b2c.issuer).toBe(`https://contoso.b2clogin.com/${id}/v2.0/`);
  const customers = microsoft({ tenant: { externalId: "Contoso", tenantId } });
  expect(customers.issuer).toBe(`https://${id}.ciamlogin.com/${id}/v2.0`);
});

it("has the endpoints of a policy of B2C, neither Microsoft Graph nor devices, and asks for a token of the app itself", () => {
  const tenant = { b2c: "contoso", policy: "B2C_1_signin", tenantId: TENANT };
  const { provider } = new MicrosoftClient({ tenant, clientId: "client-id" });
  const base = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_signin";
  expect(provider).toMatchObject({
    issuer: `https://contoso.b2clogin.com/${TENANT}/v2.0/`,
    endpoints: {
      authorization: `${base}/oauth2/v2.0/authorize`,
      token: `${base}/oauth2/v2.0/token`,
      jwks: `${base}/discovery/v2.0/keys`,
      endSession: `${base}/oauth2/v2.0/logout`,
    },
    defaultScope: ["openid", "offline_access", "client-id"],
  });
  expect(provider.api).toBeUndefined();
  expect(provider.endpoints.deviceAuthorization).toBeUndefined();
});

it.each<[string, unknown]>([
  ["tenant", { tenant: "" }],
  ["tenant", { tenant: "contoso.onmicrosoft.com" }],
  ["tenant", { tenant: "../evil" }],
  ["tenant", { tenant: 7 }],
  ["tenant", { tenant: { b2c: "evil.example/", policy: "p", tenantId: TENANT } }],
  ["tenant.policy", { tenant: { b2c: "contoso", policy: "a/b", tenantId: TENANT } }],
  ["tenant.tenantId", { tenant: { externalId: "contoso", tenantId: "contoso" } }],
  ["tenant", { tenant: { tenantId: TENANT } }],
  ["tenants", { tenants: [] }],
  ["tenants", { tenants: ["contoso.com"] }],
  ["tenants", { tenant: TENANT, tenants: [TENANT] }],
  ["profileId", { profileId: "email" }],
  ["continuousAccess", { continuousAccess: "yes" }],
])("refuses a bad %s: %j", (name, options) => {
  const make = () => microsoft(options as MicrosoftOptions);
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(new RegExp(`- ${name.replace(".", "\\.")} `));
});

it("lists the problems of the preset and of the client in one error", () => {
  try {
    throw new MicrosoftClient({ tenant: "x", clientId: "", redirectUri: "" });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems.map((text) => text.split(" ")[0])).toEqual([
      "tenant",
      "clientId",
      "redirectUri",
    ]);
  }
});

it("lists what is missing when it is called without options", () => {
  const nothing = undefined as unknown as MicrosoftClientOptions;
  expect(() => new MicrosoftClient(nothing)).toThrow(/clientId is missing/);
});
