import { beforeAll, expect, it } from "@jest/globals";
import { clientCertificate, MicrosoftClient, privateKeyJwt } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();
const scope = ["https://graph.microsoft.com/.default"];
let [certificate, key, thumbprint] = ["", "", ""];
beforeAll(async () => {
  const created = await microsoft.server.createCertificate();
  ({ certificate, privateKey: key, thumbprintSha256: thumbprint } = created);
});

const pem = () => `${key}\n${certificate}`;

/** A client of the emulator's tenant; the emulator verifies what the certificate's key signed. */
function clientWith(clientAuthentication: ReturnType<typeof clientCertificate>): MicrosoftClient {
  const { clientId, tenantId: tenant } = microsoft.server;
  const endpoints = microsoft.server.tenantEndpoints(tenant);
  const { clock } = microsoft;
  return new MicrosoftClient({ clientId, tenant, endpoints, clock, clientAuthentication });
}

const partsOf = (jwt: unknown) =>
  String(jwt)
    .split(".", 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object);

it.each([
  ["in two files", () => ({ certificate, key })],
  ["in one file", () => ({ certificate: pem(), key: pem() })],
])("signs an assertion that names the certificate's thumbprint: %s", async (_name, optionsOf) => {
  await clientWith(clientCertificate(optionsOf())).fetchClientCredentialsToken({ scope });
  const [form] = microsoft.tokenForms;
  const { clientId, tenantId, origin } = microsoft.server;
  const seconds = Math.floor(microsoft.clock.now() / 1000);
  expect(partsOf(form?.["client_assertion"])).toEqual([
    { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint },
    {
      iss: clientId,
      sub: clientId,
      // The token endpoint of the client's own tenant, not its issuer.
      aud: `${origin}/${tenantId}/oauth2/v2.0/token`,
      jti: expect.any(String),
      iat: seconds,
      nbf: seconds,
      exp: seconds + 60,
    },
  ]);
  expect(form).not.toHaveProperty("client_secret");
});

it("signs with RS256 and for another audience where the app wants it", async () => {
  const chosen = clientCertificate({ certificate, key, algorithm: "RS256" });
  await clientWith(chosen).fetchClientCredentialsToken({ scope });
  const audience = "https://login.microsoftonline.com/common/v2.0";
  const own = privateKeyJwt({ key, certificate, audience });
  await clientWith(own).fetchClientCredentialsToken({ scope });
  const jwts = microsoft.tokenForms.map((form) => partsOf(form["client_assertion"]));
  expect(jwts).toMatchObject([
    [{ alg: "RS256" }, {}],
    [{ alg: "RS256" }, { aud: audience }],
  ]);
});

it("says that Microsoft does not know a certificate", async () => {
  const another = await microsoft.server.createCertificate();
  const mixed = clientCertificate({ certificate: another.certificate, key });
  await expect(clientWith(mixed).fetchClientCredentialsToken({ scope })).rejects.toMatchObject({
    code: "INVALID_CLIENT",
    details: { aadsts: 700_027 },
  });
});

it.each<[string, () => object | undefined, RegExp]>([
  ["no certificate", () => ({ key }), /certificate must be an X\.509 certificate/],
  ["a key for a certificate", () => ({ key, certificate: key }), /certificate must be an X\.509/],
  ["no key", () => ({ certificate }), /key is missing/],
  ["nothing", () => undefined, /key is missing/],
])("refuses %s when the client is made", (_name, optionsOf, message) => {
  const options = optionsOf();
  const chosen = clientCertificate(options as Parameters<typeof clientCertificate>[0]);
  expect(() => clientWith(chosen)).toThrow(message);
});

it("refuses a key that cannot be read before anything is sent, and does not show it", async () => {
  const canary = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5LWtleQ==\n-----END PRIVATE KEY-----";
  const client = clientWith(clientCertificate({ certificate, key: canary }));
  const error: unknown = await client
    .fetchClientCredentialsToken({ scope })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain("Y2FuYXJ5");
  expect(microsoft.tokenForms).toEqual([]);
});
