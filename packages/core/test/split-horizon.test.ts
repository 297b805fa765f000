// A server with two addresses: browsers and `iss` know the public name, and the app reaches it under an internal one.
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type DiscoverOptions, OAuth2Client, type Token } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { namedHosts } from "./support/named-hosts.ts";
import { SplitHorizonProvider } from "./support/split-horizon.ts";
import { thrown } from "./support/thrown.ts";

let server: SplitHorizonProvider;

beforeEach(async () => {
  server = await SplitHorizonProvider.start();
});
afterEach(() => server.close());

/** Discovers the provider by its public name. */
function discover({ provider, ...options }: Partial<DiscoverOptions> = {}): Promise<OAuth2Client> {
  return OAuth2Client.discover(server.issuer, {
    clientId: "client-id",
    redirectUri: "https://app.example.com/callback",
    ...namedHosts(server.certificate),
    provider: {
      defaultScope: ["openid"],
      allowInsecureHttp: [server.keycloak],
      ...provider,
    },
    ...options,
  });
}

async function signIn(client: OAuth2Client): Promise<Token> {
  const request = await client.authorizationRequest();
  return client.fetchToken(server.visit(request.url), request);
}

describe("metadata that is fetched at the internal address", () => {
  it("signs users in under the public issuer, without a request of the app to the public address", async () => {
    const client = await discover({ metadataUrl: server.metadataUrl });
    const token = await signIn(client);
    expect(token.claims).toMatchObject({ iss: server.issuer, sub: "ada" });
    expect(await client.profile(token)).toMatchObject({ id: "ada", email: "ada@acme.example" });
    expect(client.logoutUrl()).toMatch(`${server.issuer}/logout?`);
    expect(client.provider).toMatchObject({
      issuer: server.issuer,
      issuerInCallback: true,
      endpoints: { token: `${server.keycloak}/realms/acme/token` },
    });
    expect(server.publicRequests).toEqual([]);
  });

  it("must name the public issuer", async () => {
    const internal = `${server.keycloak}/realms/acme`;
    server.metadata = { issuer: internal };
    const error = await thrown(discover({ metadataUrl: server.metadataUrl }));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect(error.message).toContain(
      `The metadata at ${server.metadataUrl} is that of ${internal}, and the issuer that was passed is ${server.issuer}.`,
    );
  });

  it("does not make the internal address an issuer: an ID token of that name is refused", async () => {
    const client = await discover({ metadataUrl: server.metadataUrl });
    server.tokenIssuer = `${server.keycloak}/realms/acme`;
    expect(await rejectionOf(signIn(client))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("cannot add http origins: an endpoint at another one is not used", async () => {
    const metadataUrl = server.metadataUrl;
    server.metadata = { revocation_endpoint: "http://other:8080/revoke", allowInsecureHttp: ["*"] };
    const client = await discover({ metadataUrl });
    expect(await rejectionOf(client.revokeToken("at"))).toMatchObject({
      message: expect.stringContaining("revocation_endpoint must use https"),
    });
    server.metadata = { token_endpoint: "http://other:8080/token" };
    expect(await rejectionOf(discover({ metadataUrl }))).toMatchObject({
      message: expect.stringContaining("token_endpoint must use https"),
    });
  });

  it("may move within its origin only", async () => {
    const { metadataUrl } = server;
    const moved = (location: string): void => {
      server.metadataAnswer = { status: 302, headers: { location } };
    };
    moved("/realms/acme/moved");
    expect((await discover({ metadataUrl })).provider.issuer).toBe(server.issuer);
    for (const location of ["http://other:8080/", `${server.issuer}/moved`]) {
      moved(location);
      expect(await rejectionOf(discover({ metadataUrl }))).toMatchObject({
        code: "DISCOVERY_FAILED",
      });
    }
  });

  it("that is missing there is looked for nowhere else", async () => {
    server.metadataAnswer = { status: 404 };
    const { metadataUrl } = server;
    expect(await thrown(discover({ metadataUrl }))).toMatchObject({
      code: "DISCOVERY_FAILED",
      message: expect.stringContaining(`no metadata document at the metadataUrl ${metadataUrl}`),
    });
    expect([server.internal.requests.length, server.publicRequests]).toEqual([1, []]);
    const error = await thrown(discover({ metadataUrl: `${metadataUrl}?code=canary-key` }));
    expect(error.message).toContain(`${metadataUrl}.`);
    expect(error.message).not.toContain("canary-key");
  });

  it.each([
    ["http://other:8080/metadata", "metadataUrl must use https"],
    ["https://user:pass@id.example/metadata", "metadataUrl must have no user name"],
    ["/realms/acme", "metadataUrl must be an absolute URL"],
    [7 as unknown as string, "metadataUrl must be an absolute URL"],
  ])("is not fetched at %s", async (metadataUrl, problem) => {
    const error = await thrown(discover({ metadataUrl }));
    expect(error.code).toBe("CONFIGURATION_INVALID");
    expect(error.message).toContain(problem);
    expect(server.internal.requests).toEqual([]);
  });
});

describe("metadata that is fetched at the public address", () => {
  it("with endpoints of the app's own at the internal one", async () => {
    const at = (path: string): string => `${server.keycloak}/realms/acme/${path}`;
    const client = await discover({
      provider: {
        defaultScope: ["openid"],
        allowInsecureHttp: [server.keycloak],
        endpoints: { token: at("token"), jwks: at("jwks"), userInfo: at("me") },
      },
    });
    const token = await signIn(client);
    expect(token.claims).toMatchObject({ iss: server.issuer });
    expect((await client.profile(token)).email).toBe("ada@acme.example");
    expect(server.publicRequests).toEqual(["/realms/acme/.well-known/openid-configuration"]);
  });
});

describe("an issuer that is itself plain http", () => {
  it("is discovered if the definition names its origin", async () => {
    const issuer = `${server.keycloak}/realms/acme`;
    server.metadata = { issuer };
    const options = { clientId: "client-id", ...namedHosts() };
    const client = await OAuth2Client.discover(issuer, {
      ...options,
      provider: { allowInsecureHttp: [server.keycloak] },
    });
    expect(client.provider.issuer).toBe(issuer);
    expect(await rejectionOf(OAuth2Client.discover(issuer, options))).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("provider.allowInsecureHttp"),
    });
  });

  it("needs a list of exact origins", async () => {
    const provider = { allowInsecureHttp: "http://keycloak:8080" as unknown as string[] };
    expect(await rejectionOf(discover({ provider }))).toMatchObject({
      message: expect.stringContaining("provider.allowInsecureHttp must be an array of origins"),
    });
  });
});
