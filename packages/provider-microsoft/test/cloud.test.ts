import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  type MicrosoftClientOptions,
  type MicrosoftCloud,
  microsoft,
  MicrosoftClient,
  MicrosoftManagedIdentity,
  privateKeyJwt,
} from "@grantkit/provider-microsoft";
import { TENANT } from "./support/accounts.ts";

const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const redirectUri = "https://app.example.com/callback";

describe.each([
  ["global", "https://login.microsoftonline.com", "https://graph.microsoft.com"],
  ["usGovernment", "https://login.microsoftonline.us", "https://graph.microsoft.us"],
  ["usDefense", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"],
  ["china", "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"],
] as const)("the cloud %s", (cloud, login, graph) => {
  it("has users, issuers and Microsoft Graph at its own hosts", () => {
    const base = `${login}/${TENANT}`;
    expect(microsoft({ cloud, tenant: TENANT })).toMatchObject({
      issuer: `${base}/v2.0`,
      endpoints: {
        authorization: `${base}/oauth2/v2.0/authorize`,
        token: `${base}/oauth2/v2.0/token`,
        jwks: `${base}/discovery/v2.0/keys`,
        deviceAuthorization: `${base}/oauth2/v2.0/devicecode`,
        endSession: `${base}/oauth2/v2.0/logout`,
      },
      api: { baseUrl: `${graph}/v1.0` },
    });
    expect(microsoft({ cloud, tenant: "organizations" })).toMatchObject({
      issuer: { template: `${login}/{tid}/v2.0` },
    });
  });

  it("sends the token of a session to its Microsoft Graph and to no other", async () => {
    const sent: (string | undefined)[] = [];
    const client = new MicrosoftClient({
      cloud,
      clientId: "id",
      // Nobody emulates these hosts.
      http: {
        adapter: (config) => {
          sent.push(config.url);
          return Promise.resolve({ status: 200, statusText: "", data: "{}", headers: {}, config });
        },
      },
    });
    const session = client.session({ accessToken: "at" });
    await session.get("/me");
    expect(sent).toEqual([`${graph}/v1.0/me`]);
    const other = cloud === "global" ? "https://graph.microsoft.us" : "https://graph.microsoft.com";
    await expect(session.get(`${other}/v1.0/me`)).rejects.toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
    });
  });

  it("asks an administrator for the permissions of its Microsoft Graph", () => {
    const client = new MicrosoftClient({ cloud, tenant: TENANT, clientId: "id", redirectUri });
    const url = new URL(client.adminConsentUrl({ state: "an-unguessable-state" }));
    expect(url.origin).toBe(login);
    expect(url.searchParams.get("scope")).toBe(`${graph}/.default`);
  });

  it("is the audience of an assertion that the app signs", async () => {
    const bodies: URLSearchParams[] = [];
    const client = new MicrosoftClient({
      cloud,
      tenant: TENANT,
      clientId: "id",
      clientAuthentication: privateKeyJwt({ key }),
      http: {
        adapter: (config) => {
          bodies.push(new URLSearchParams(String(config.data)));
          return Promise.reject(new Error("offline"));
        },
      },
      retries: 0,
    });
    await expect(client.fetchClientCredentialsToken({ scope: ["s"] })).rejects.toThrow();
    const claims = bodies[0]?.get("client_assertion")?.split(".")[1] ?? "";
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      aud: `${login}/${TENANT}/oauth2/v2.0/token`,
    });
  });

  it("is what a managed identity has tokens for", async () => {
    const resources: (string | null)[] = [];
    const identity = new MicrosoftManagedIdentity({
      cloud,
      // This machine has no identity.
      http: {
        adapter: (config) => {
          resources.push(new URL(config.url ?? "").searchParams.get("resource"));
          const body = { access_token: "at", token_type: "Bearer", expires_in: "3600" };
          const data = Buffer.from(JSON.stringify(body));
          return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
        },
      },
    });
    await identity.fetchToken();
    expect(resources).toEqual([graph]);
  });
});

it.each<[string, Partial<MicrosoftClientOptions>]>([
  ["unknown", { cloud: "germany" as MicrosoftCloud }],
  ["inherited", { cloud: "toString" as MicrosoftCloud }],
  ["for personal accounts", { cloud: "china", tenant: "consumers" }],
  ["for B2C", { cloud: "china", tenant: { b2c: "c", policy: "p", tenantId: TENANT } }],
])("refuses a cloud that is %s", (_name, options) => {
  expect(() => new MicrosoftClient({ clientId: "id", redirectUri, ...options })).toThrow(
    /- cloud must be /,
  );
  const { cloud } = options;
  if (cloud === "china") return;
  expect(() => new MicrosoftManagedIdentity({ cloud })).toThrow(/- cloud must be /);
});
