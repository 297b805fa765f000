import { expect, it } from "@jest/globals";
import {
  type AdminConsentOptions,
  MicrosoftClient,
  readAdminConsent,
} from "@grantkit/provider-microsoft";
import { OTHER_TENANT, TENANT } from "./support/accounts.ts";

const state = "an-unguessable-state";
const redirectUri = "https://app.example.com/consented";
const clientOf = (tenant?: string) => new MicrosoftClient({ clientId: "id", tenant, redirectUri });

it.each([
  [undefined, undefined, "organizations"],
  ["organizations", undefined, "organizations"],
  [TENANT, undefined, TENANT],
  ["common", OTHER_TENANT, OTHER_TENANT],
])("builds the URL for a client of %s", (ofClient, tenant, expected) => {
  const url = new URL(clientOf(ofClient).adminConsentUrl({ state, ...(tenant && { tenant }) }));
  expect(url.origin + url.pathname).toBe(
    `https://login.microsoftonline.com/${expected}/v2.0/adminconsent`,
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: "id",
    redirect_uri: redirectUri,
    scope: "https://graph.microsoft.com/.default",
    state,
  });
});

it("asks for the scopes that are named, and reads options that are a function", () => {
  const client = new MicrosoftClient(() => ({ clientId: "id" }));
  const elsewhere = "https://app.example.com/other";
  const url = client.adminConsentUrl({ state, scope: ["a", "b"], redirectUri: elsewhere });
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
    scope: "a b",
    redirect_uri: elsewhere,
  });
});

it.each<[string, object | undefined]>([
  ["state", {}],
  ["state", undefined],
  ["state", { state: "short" }],
  ["tenant", { state, tenant: "contoso.com" }],
  ["tenant", { state, tenant: "../x" }],
  ["scope", { state, scope: [] }],
  ["redirectUri", { state, redirectUri: "/callback" }],
  ["prompt", { state, prompt: "login" }],
])("refuses a bad %s: %j", (name, options) => {
  expect(() => clientOf().adminConsentUrl(options as AdminConsentOptions)).toThrow(
    new RegExp(`- ${name} `),
  );
});

it("is not for the customers of B2C", () => {
  const tenant = { b2c: "contoso", policy: "p", tenantId: TENANT };
  const client = new MicrosoftClient({ clientId: "id", tenant, redirectUri });
  expect(() => client.adminConsentUrl({ state })).toThrow(/B2C is for customers/);
});

it("reads what an administrator consented to", () => {
  const query = `admin_consent=True&tenant=${TENANT}&state=${state}&scope=a%20b`;
  expect(readAdminConsent(`/consented?${query}`, state)).toEqual({
    tenant: TENANT,
    scope: ["a", "b"],
  });
  const request = new Request(`${redirectUri}?${query}`);
  expect(readAdminConsent(request, state)).toMatchObject({ tenant: TENANT });
});

it.each([
  ["STATE_MISMATCH", `admin_consent=True&state=other`],
  ["STATE_MISMATCH", `admin_consent=True`],
  ["STATE_MISMATCH", `error=access_denied&state=other`],
  ["STATE_MISMATCH", `admin_consent=True&state=${state}&state=other`],
  ["ACCESS_DENIED", `error=access_denied&error_description=no&state=${state}`],
  ["PROVIDER_ERROR", `error=temporarily_odd&state=${state}`],
  ["CALLBACK_INVALID", `code=1&state=${state}`],
])("throws %s for %s", (code, query) => {
  const read = () => readAdminConsent(`/consented?${query}`, state);
  expect(read).toThrow(expect.objectContaining({ code, provider: "microsoft" }));
});

it("believes no callback where the session has no state", () => {
  for (const none of ["", undefined]) {
    const read = () => readAdminConsent("/c?admin_consent=True&state=", none as string);
    expect(read).toThrow(expect.objectContaining({ code: "STATE_MISMATCH" }));
  }
});
