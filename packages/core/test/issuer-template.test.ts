import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  clientSecretJwt,
  type IssuerTemplate,
  type OAuth2Client,
  type ProviderDefinition,
} from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import {
  FaultyProvider,
  type IdTokenFault,
  signingKey,
  SUBJECT,
} from "./support/faulty-provider.ts";

const KEY = signingKey("RS256", "of-all");
const SECOND = signingKey("RS256", "of-one");
const ONE = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const OTHER = "9188040d-6c67-4c5b-b112-36a304b66dad";

let provider: FaultyProvider;
let client: OAuth2Client;

beforeEach(async () => {
  provider = await FaultyProvider.start(KEY);
  client = clientOf();
});
afterEach(() => provider.close());

/** The issuer of a tenant; with `{tid}`, or no tenant at all, the template. */
const issuerOf = (tenant = "{tid}"): string => `${provider.issuer}/${tenant}/v2.0`;

function clientOf(
  issuer: Partial<IssuerTemplate> = {},
  definition: Partial<ProviderDefinition> = {},
): OAuth2Client {
  return provider.client({ issuer: { template: issuerOf(), ...issuer }, ...definition });
}

const of = (tid: unknown, iss: unknown = issuerOf(String(tid))): IdTokenFault => ({
  claims: { iss, tid },
});

describe("a provider with an issuer for each tenant (Entra's common)", () => {
  it.each([[ONE], [OTHER], ["contoso.example"]])("signs in a user of %s", async (tenant) => {
    const token = await provider.signIn(client, of(tenant));
    expect(token.claims).toMatchObject({ iss: issuerOf(tenant), tid: tenant, sub: SUBJECT });
  });

  const rows: [string, () => IdTokenFault][] = [
    ["is of another tenant than tid", () => of(ONE, issuerOf(OTHER))],
    ["has no tid", () => of(undefined, issuerOf(ONE))],
    ["has a tid that is a list", () => of([ONE], issuerOf(ONE))],
    ["is the template itself", () => of("{tid}", issuerOf())],
    ["is of another host", () => of(ONE, `https://evil.example/${ONE}/v2.0`)],
    ["has the host as its path", () => of(ONE, `https://evil.example/${issuerOf(ONE)}`)],
    ["has a slash more", () => of(ONE, `${issuerOf(ONE)}/`)],
    ["is of another version", () => of(ONE, `${provider.issuer}/${ONE}/v1.0`)],
    ["has a segment more, which tid has, too", () => of(`${ONE}/x`)],
    ["goes up a path", () => of("..")],
    ["has an empty tenant", () => of("")],
    ["has a query for a tenant", () => of("a?b")],
    ["has an encoded slash for a tenant", () => of("a%2Fb")],
    ["has a tenant of line breaks", () => of("a\nb")],
    ["is missing", () => ({ claims: { tid: ONE, iss: undefined } })],
    ["is a list", () => of(ONE, [issuerOf(ONE)])],
  ];
  it.each(rows)("refuses an ID token whose iss %s", async (_name, fault) => {
    const error = await rejectionOf(provider.signIn(client, { ...fault() }));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "iss" } });
  });

  it("reads tid as the token has it, not as Object.prototype does", async () => {
    const shared = Object.prototype as { tid?: string };
    shared.tid = ONE;
    const refused = rejectionOf(provider.signIn(client, of(undefined, issuerOf(ONE))));
    const error = await refused.finally(() => delete shared.tid);
    expect(error).toMatchObject({ details: { claim: "iss" } });
  });

  it("lets only users of the named tenants in", async () => {
    const closed = clientOf({ values: { tid: [ONE] } });
    expect((await provider.signIn(closed, of(ONE))).claims).toMatchObject({ tid: ONE });
    expect(await rejectionOf(provider.signIn(closed, of(OTHER)))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("lets no users of the excepted tenants in", async () => {
    const closed = clientOf({ except: { tid: [OTHER] } });
    expect((await provider.signIn(closed, of(ONE))).claims).toMatchObject({ tid: ONE });
    expect(await rejectionOf(provider.signIn(closed, of(OTHER)))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it("keeps a user in the tenant of the sign-in when it refreshes", async () => {
    const token = await provider.signIn(client, of(ONE));
    const next = await client.refreshToken(token);
    expect(next.claims).toMatchObject({ tid: ONE });
    provider.fault = of(OTHER);
    expect(await rejectionOf(client.refreshToken(next))).toMatchObject({
      code: "SUBJECT_MISMATCH",
      details: { claim: "iss" },
    });
  });

  it("verifies logout tokens by the same rule", async () => {
    const logout = ({ claims }: IdTokenFault) =>
      provider.idToken({
        claims: {
          nonce: undefined,
          jti: `logout-${String(claims?.["iss"])}`,
          events: { "http://schemas.openid.net/event/backchannel-logout": {} },
          ...claims,
        },
      });
    expect((await client.verifyLogoutToken(logout(of(ONE)))).iss).toBe(issuerOf(ONE));
    expect(
      await rejectionOf(client.verifyLogoutToken(logout(of(ONE, issuerOf(OTHER))))),
    ).toMatchObject({ code: "LOGOUT_TOKEN_INVALID", details: { claim: "iss" } });
  });

  it("has its issuer without the scheme where the definition says so", async () => {
    const bare = clientOf({}, { idToken: { issuerWithoutScheme: true } });
    const iss = issuerOf(ONE).replace("http://", "");
    expect((await provider.signIn(bare, of(ONE, iss))).claims).toMatchObject({ iss });
  });
});

describe("a callback's iss (RFC 9207) at such a provider", () => {
  async function signInWith(iss: string, fault: IdTokenFault, by = client): Promise<unknown> {
    const request = await by.authorizationRequest();
    const callback = `${provider.callbackFor(request, fault)}&iss=${encodeURIComponent(iss)}`;
    return by.fetchToken(callback, request);
  }

  it("is the issuer of the ID token", async () => {
    expect(await signInWith(issuerOf(ONE), of(ONE))).toMatchObject({ claims: { tid: ONE } });
  });

  it.each([
    ["of another host", () => "https://evil.example/x/v2.0"],
    ["with a path more", () => issuerOf("a/b")],
    ["that is the template", () => issuerOf()],
  ])("is refused before the code is sent: one %s", async (_name, iss) => {
    const error = await rejectionOf(signInWith(iss(), of(ONE)));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect((error as Error).message).toContain(issuerOf());
    expect(provider.server.requests).toEqual([]);
  });

  it("is refused before the code is sent: one of a tenant that is not let in", async () => {
    const closed = clientOf({ values: { tid: [ONE] } });
    const error = await rejectionOf(signInWith(issuerOf(OTHER), of(ONE), closed));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
    expect(provider.server.requests).toEqual([]);
  });

  it("is refused when the ID token is of another tenant", async () => {
    const error = await rejectionOf(signInWith(issuerOf(OTHER), of(ONE)));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
  });

  it("is refused when it is missing and always sent", async () => {
    const always = clientOf({}, { issuerInCallback: true });
    const error = await rejectionOf(provider.signIn(always, of(ONE)));
    expect(error).toMatchObject({ code: "ISSUER_MISMATCH" });
  });
});

describe("an authorization request of such a provider", () => {
  it("remembers the template, and is refused by a provider of the same name with another", async () => {
    const request = await client.authorizationRequest();
    expect(request.issuer).toBe(issuerOf());
    const callback = provider.callbackFor(request, of(ONE));
    for (const issuer of [issuerOf(ONE), { template: `${provider.issuer}/{tid}/v1.0` }]) {
      const other = provider.client({ issuer });
      expect(await rejectionOf(other.fetchToken(callback, request))).toMatchObject({
        code: "PROVIDER_MISMATCH",
      });
    }
    const stored = JSON.parse(JSON.stringify(request));
    expect((await client.fetchToken(callback, stored)).claims).toMatchObject({ tid: ONE });
  });

  it("is refused by it when another one of the same name made it", async () => {
    const other = provider.client({ issuer: issuerOf(ONE) });
    const request = await other.authorizationRequest();
    const error = await rejectionOf(client.fetchToken(provider.callbackFor(request), request));
    expect(error).toMatchObject({ code: "PROVIDER_MISMATCH" });
  });
});

describe("a client assertion for such a provider", () => {
  it("is for the token endpoint, as no issuer is known", async () => {
    const asserting = provider.client(
      { issuer: { template: issuerOf() } },
      {
        clientAuthentication: clientSecretJwt(),
        clientSecret: `${CANARY.clientSecret}-long-enough`,
      },
    );
    await provider.signIn(asserting, of(ONE));
    const [request] = provider.server.received("/token");
    const form = new URLSearchParams(request?.body);
    const [, claims = ""] = (form.get("client_assertion") ?? "").split(".");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      aud: `${provider.issuer}/token`,
    });
  });
});

describe("a key that its key set gives to one issuer", () => {
  const published = (ofFirst: unknown, ofSecond: unknown) => {
    provider.published = [
      { ...KEY.jwk, issuer: ofFirst },
      { ...SECOND.jwk, issuer: ofSecond },
    ];
  };

  it("signs for the tenants of its template, whose claims the provider names otherwise", async () => {
    published(issuerOf("{tenantid}"), issuerOf(OTHER));
    expect((await provider.signIn(client, of(ONE))).claims).toMatchObject({ tid: ONE });
    provider.key = SECOND;
    expect((await provider.signIn(client, of(OTHER))).claims).toMatchObject({ tid: OTHER });
    expect(provider.keySetRequests).toBe(1);
  });

  it.each<[string, () => string]>([
    ["another tenant", () => issuerOf(OTHER)],
    ["another host", () => `https://evil.example/{tenantid}/v2.0`],
    ["another version", () => `${provider.issuer}/{tenantid}/v1.0`],
    ["a tenant of two segments", () => `${provider.issuer}/{a}/{b}/v2.0`],
  ])("signs for nobody else: a key of %s", async (_name, ofKey) => {
    published(ofKey(), issuerOf("{tenantid}"));
    const error = await rejectionOf(provider.signIn(client, of(ONE)));
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "iss" } });
    expect(provider.keySetRequests).toBe(1);
  });

  it("is not tried for a token without kid of another tenant", async () => {
    published(issuerOf(OTHER), issuerOf("{tenantid}"));
    const fault = of(ONE);
    const error = await rejectionOf(
      provider.signIn(client, { ...fault, header: { kid: undefined } }),
    );
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
  });

  it("is not tried at a provider of one issuer, either", async () => {
    const single = provider.client({ issuer: issuerOf(ONE) });
    provider.published = [{ ...KEY.jwk, issuer: issuerOf(OTHER) }];
    expect(await rejectionOf(provider.signIn(single, of(ONE)))).toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
    provider.published = [{ ...KEY.jwk, issuer: [issuerOf(ONE)] }];
    provider.clock.advance(10 * 60_000);
    expect(await rejectionOf(provider.signIn(single, of(ONE)))).toMatchObject({
      details: { claim: "iss" },
    });
    provider.published = [{ ...KEY.jwk, issuer: null }];
    provider.clock.advance(10 * 60_000);
    expect((await provider.signIn(single, of(ONE))).claims).toMatchObject({ tid: ONE });
  });
});

describe("the template of an issuer", () => {
  it.each<[string, unknown]>([
    ["no placeholder", { template: "https://id.example.com/v2.0" }],
    ["a placeholder in its host", { template: "https://{tenant}.example.com/{tid}/v2.0" }],
    ["a host that is a placeholder", { template: "https://{tid}/v2.0" }],
    ["a placeholder that is no whole segment", { template: "https://id.example.com/t-{tid}/v2.0" }],
    ["a placeholder without a name", { template: "https://id.example.com/{}/v2.0" }],
    ["a brace without its other half", { template: "https://id.example.com/{tid}/{v2.0" }],
    ["http", { template: "http://id.example.com/{tid}/v2.0" }],
    ["a query", { template: "https://id.example.com/{tid}?v=2" }],
    ["a fragment", { template: "https://id.example.com/{tid}#v2" }],
    ["a user name", { template: "https://me@id.example.com/{tid}" }],
    ["a backslash for a slash", { template: "https://id.example.com\\{tid}/{tid}" }],
    ["no scheme", { template: "id.example.com/{tid}" }],
    ["nothing in it", {}],
    ["a number for a text", { template: 7 }],
  ])("is refused with %s", (_name, issuer) => {
    expect(() => provider.client({ issuer: issuer as IssuerTemplate })).toThrow(
      "issuer.template must be an https URL with a fixed host",
    );
  });

  it.each<[unknown, string]>([
    ["https://id.example.com/{tid}/v2.0", "issuer must be a string or { template }"],
    [["https://id.example.com"], "issuer must be a string or { template }"],
    [null, "issuer must be a string or { template }"],
    [{ template: "https://id.example.com/{tid}", tenants: [] }, "issuer.tenants is not an option"],
    [
      { template: "https://id.example.com/{tid}", values: ["a"] },
      "issuer.values must be an object",
    ],
    [{ template: "https://id.example.com/{tid}", values: { tid: "a" } }, "issuer.values.tid must"],
    [
      { template: "https://id.example.com/{tid}", values: { tid: ["a/b"] } },
      "issuer.values.tid[0] must be a text of letters",
    ],
    [
      { template: "https://id.example.com/{tid}", except: ["a"] },
      "issuer.except must be an object",
    ],
    [
      { template: "https://id.example.com/{tid}", values: { tenant: ["a"] } },
      "issuer.values.tenant is not in the template",
    ],
  ])("is refused with a sentence: %j", (issuer, sentence) => {
    expect(() => provider.client({ issuer: issuer as IssuerTemplate })).toThrow(sentence);
  });
});
