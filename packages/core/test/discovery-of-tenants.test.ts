import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type DiscoverOptions, type IssuerTemplate, OAuth2Client } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { optionalFields, readsFromPrototype } from "./support/prototype-traps.ts";
import { FaultyProvider, signingKey, SUBJECT } from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "of-all");
const ONE = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";

let provider: FaultyProvider;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
});
afterEach(() => provider.close());

/** Serves metadata of an issuer at a path. */
function publish(path: string, issuer: unknown, changes: object = {}): void {
  const { origin } = provider.server;
  provider.answers.set(`${path}/.well-known/openid-configuration`, () => ({
    body: {
      issuer,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/jwks`,
      ...changes,
    },
  }));
}

function discover(
  path: string,
  issuer?: IssuerTemplate,
  options: Partial<DiscoverOptions> = {},
): Promise<OAuth2Client> {
  return OAuth2Client.discover(`${provider.issuer}${path}`, {
    clientId: "client",
    clientSecret: CANARY.clientSecret,
    redirectUri: "https://app.example.com/callback",
    clock: provider.clock,
    ...options,
    provider: {
      name: "entra",
      defaultScope: ["openid"],
      ...(issuer !== undefined && { issuer }),
    },
  });
}

const issuerOf = (tenant: string): string => `${provider.issuer}/${tenant}/v2.0`;
const template = (): IssuerTemplate => ({ template: issuerOf("{tid}") });

describe("discovery of a provider with an issuer for each tenant", () => {
  it("takes the template that the app names, and signs in users of any tenant", async () => {
    publish("/common/v2.0", issuerOf("{tenantid}"));
    const client = await discover("/common/v2.0", template());
    expect(client.provider.issuer).toEqual(template());
    const token = await provider.signIn(client, { claims: { iss: issuerOf(ONE), tid: ONE } });
    expect(token.claims).toMatchObject({ sub: SUBJECT, tid: ONE });
  });

  it("reads own fields only, at a sign-in and a refresh, too", async () => {
    publish("/common/v2.0", issuerOf("{tenantid}"));
    provider.published = [
      { ...KEY.jwk, issuer: issuerOf("{tenantid}") },
      { ...KEY.jwk, kid: "2" },
    ];
    const reads = await readsFromPrototype(optionalFields("core"), async () => {
      for (const values of [{}, { values: { tid: [ONE] } }]) {
        const client = await discover("/common/v2.0", { ...template(), ...values });
        const claims = { iss: issuerOf(ONE), tid: ONE };
        const token = await provider.signIn(client, { claims });
        await client.refreshToken(token);
        await client.verifyIdToken(provider.idToken({ claims }));
      }
    });
    expect(reads).toEqual([]);
  });

  it("keeps the tenants that the app allows", async () => {
    publish("/common/v2.0", issuerOf("{tenantid}"));
    const client = await discover("/common/v2.0", { ...template(), values: { tid: ["other"] } });
    const claims = { iss: issuerOf(ONE), tid: ONE };
    expect(await rejectionOf(provider.signIn(client, { claims }))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("takes the one issuer of the metadata where they name one of the template's", async () => {
    publish("/contoso.example/v2.0", issuerOf(ONE));
    const client = await discover("/contoso.example/v2.0", template());
    expect(client.provider.issuer).toBe(issuerOf(ONE));
    const claims = { iss: issuerOf("other"), tid: "other" };
    expect(await rejectionOf(provider.signIn(client, { claims }))).toMatchObject({
      details: { claim: "iss" },
    });
  });

  it("says which template to pass where the app names none", async () => {
    publish("/common/v2.0", issuerOf("{tenantid}"));
    const error = await rejectionOf(discover("/common/v2.0"));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect((error as Error).message).toContain(
      `Pass provider.issuer: { template: "${issuerOf("{tenantid}")}" }, with the names of ID token claims in the braces`,
    );
  });

  it.each<[string, () => unknown]>([
    ["another host", () => "https://evil.example/{tenantid}/v2.0"],
    ["another path", () => `${provider.issuer}/{tenantid}/v1.0`],
    ["a segment more", () => `${issuerOf("{tenantid}")}/{x}`],
    ["a placeholder for the host", () => "https://{tenantid}/x/v2.0"],
    ["an issuer outside the template", () => "https://evil.example/"],
    ["a list", () => [issuerOf("{tenantid}")]],
    ["nothing", () => undefined],
  ])("refuses metadata whose issuer is not of the template: %s", async (_name, issuer) => {
    publish("/common/v2.0", issuer());
    const error = await rejectionOf(discover("/common/v2.0", template()));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect((error as Error).message).toContain(issuerOf("{tid}"));
  });

  it("refuses a tenant of the metadata that the app does not allow", async () => {
    publish("/contoso.example/v2.0", issuerOf(ONE));
    const closed = { ...template(), values: { tid: ["other"] } };
    expect(await rejectionOf(discover("/contoso.example/v2.0", closed))).toMatchObject({
      code: "ISSUER_MISMATCH",
    });
  });

  it("refuses a bad template before anything is fetched", async () => {
    const error = await rejectionOf(discover("/common/v2.0", { template: "https://x.test/" }));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(provider.server.requests).toEqual([]);
  });
});

describe("discovery of an issuer whose metadata is elsewhere (Azure AD B2C)", () => {
  const policy = "/contoso.example/B2C_1_sign_in/v2.0";

  it("takes a template there, too", async () => {
    publish(policy, issuerOf("{tenantid}"));
    const client = await discover("/common/v2.0", template(), {
      metadataUrl: `${provider.issuer}${policy}/.well-known/openid-configuration`,
    });
    expect(client.provider.issuer).toEqual(template());
  });

  it("takes a single issuer by metadataUrl, and says so where it is passed as provider.issuer", async () => {
    publish(policy, `${issuerOf(ONE)}/`);
    const error = await rejectionOf(discover(policy, `${issuerOf(ONE)}/` as never));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect((error as Error).message).toContain("metadataUrl");
    const client = await discover(`/${ONE}/v2.0/`, undefined, {
      metadataUrl: `${provider.issuer}${policy}/.well-known/openid-configuration`,
    });
    const claims = { iss: `${issuerOf(ONE)}/` };
    expect((await provider.signIn(client, { claims })).claims).toMatchObject(claims);
  });
});
