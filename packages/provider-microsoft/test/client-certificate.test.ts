import { expect, it } from "@jest/globals";
import { createHash, verify, constants, X509Certificate } from "node:crypto";
import { clientCertificate, MicrosoftClient, privateKeyJwt } from "@grantkit/provider-microsoft";
import { certificate, key, pem } from "./support/certificate.ts";
import { microsoftForEach } from "./support/client.ts";
import { TENANT } from "./support/microsoft-server.ts";

const microsoft = microsoftForEach();
const scope = ["https://graph.microsoft.com/.default"];

function clientWith(clientAuthentication: ReturnType<typeof clientCertificate>): MicrosoftClient {
  const { clientId, endpoints } = microsoft.server;
  const { clock } = microsoft;
  return new MicrosoftClient({ clientId, endpoints, clock, clientAuthentication });
}

const partsOf = (jwt: string) =>
  jwt.split(".", 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object);

it.each([
  ["in two files", { certificate, key }],
  ["in one file", { certificate: pem, key: pem }],
])("signs an assertion that names the certificate's thumbprint: %s", async (_name, options) => {
  await clientWith(clientCertificate(options)).fetchClientCredentialsToken({ scope });
  const [form] = microsoft.server.tokenForms;
  const jwt = form?.["client_assertion"] ?? "";
  const { clientId, endpoints } = microsoft.server;
  const seconds = Math.floor(microsoft.clock.now() / 1000);
  const parsed = new X509Certificate(certificate);
  expect(partsOf(jwt)).toEqual([
    {
      alg: "PS256",
      typ: "JWT",
      "x5t#S256": createHash("sha256").update(parsed.raw).digest("base64url"),
    },
    {
      iss: clientId,
      sub: clientId,
      aud: endpoints.token,
      jti: expect.any(String),
      iat: seconds,
      nbf: seconds,
      exp: seconds + 60,
    },
  ]);
  const [input, signature] = [jwt.slice(0, jwt.lastIndexOf(".")), jwt.split(".")[2] ?? ""];
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const ofCertificate = { key: parsed.publicKey, padding, saltLength: 32 };
  expect(
    verify("sha256", Buffer.from(input), ofCertificate, Buffer.from(signature, "base64url")),
  ).toBe(true);
  expect(form).not.toHaveProperty("client_secret");
});

it("is for the token endpoint of a client's own tenant, not for its issuer", async () => {
  const { clientId, origin } = microsoft.server;
  const endpoints = {
    ...microsoft.server.endpointsOf(TENANT),
    issuer: `${origin}/${TENANT}/v2.0`,
  };
  const clientAuthentication = clientCertificate({ certificate, key });
  const { clock } = microsoft;
  const options = { clientId, tenant: TENANT, endpoints, clock, clientAuthentication };
  await new MicrosoftClient(options).fetchClientCredentialsToken({ scope });
  const [form] = microsoft.server.tokenForms;
  expect(partsOf(form?.["client_assertion"] ?? "")[1]).toMatchObject({
    aud: `${origin}/${TENANT}/oauth2/v2.0/token`,
  });
});

it("signs with RS256 and for another audience where the app wants it", async () => {
  const chosen = clientCertificate({ certificate, key, algorithm: "RS256" });
  await clientWith(chosen).fetchClientCredentialsToken({ scope });
  const audience = "https://login.microsoftonline.com/common/v2.0";
  await clientWith(privateKeyJwt({ key, audience })).fetchClientCredentialsToken({ scope });
  const jwts = microsoft.server.tokenForms.map((form) => partsOf(form["client_assertion"] ?? ""));
  expect(jwts).toMatchObject([
    [{ alg: "RS256" }, {}],
    [{ alg: "RS256" }, { aud: audience }],
  ]);
});

it.each<[string, object, RegExp]>([
  ["no certificate", { key }, /certificate must be an X\.509 certificate/],
  ["a key for a certificate", { key, certificate: key }, /certificate must be an X\.509/],
  ["no key", { certificate }, /key is missing/],
])("refuses %s when the client is made", (_name, options, message) => {
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
  expect(microsoft.server.requests).toEqual([]);
});
