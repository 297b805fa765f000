import { expect, it } from "@jest/globals";
import {
  federatedCredential,
  isOAuthError,
  MicrosoftClient,
  OAuthError,
} from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();
const scope = ["https://graph.microsoft.com/.default"];
const jwtOf = (name: string) => `eyJhbGciOiJSUzI1NiJ9.${name}.canary`;

function clientWith(assertion: () => string | Promise<string>): MicrosoftClient {
  const { clientId } = microsoft.server;
  const endpoints = microsoft.server.tenantEndpoints(microsoft.server.tenantId);
  const { clock } = microsoft;
  const clientAuthentication = federatedCredential(assertion);
  return new MicrosoftClient({ clientId, endpoints, clock, clientAuthentication });
}

it("asks for the other provider's token before each request, and sends nothing else", async () => {
  const given: string[] = [];
  const client = clientWith(async () => {
    given.push(await microsoft.server.createFederatedToken());
    microsoft.clock.advance(1000);
    return `${given.at(-1)}\n`;
  });
  await client.fetchClientCredentialsToken({ scope });
  await client.fetchClientCredentialsToken({ scope });
  const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  const usual = { grant_type: "client_credentials", scope: scope[0], client_assertion_type: type };
  const { clientId } = microsoft.server;
  expect(new Set(given).size).toBe(2);
  expect(microsoft.tokenForms).toEqual(
    given.map((jwt) => ({ ...usual, client_id: clientId, client_assertion: jwt })),
  );
});

it("says which check of Microsoft's the other provider's token failed", async () => {
  const subject = "system:serviceaccount:default:another";
  const client = clientWith(() => microsoft.server.createFederatedToken({ subject }));
  await expect(client.fetchClientCredentialsToken({ scope })).rejects.toMatchObject({
    code: "INVALID_CLIENT",
    details: { aadsts: 700_213 },
  });
});

it.each<[string, string, () => string | Promise<string>]>([
  ["CLIENT_SECRET_UNAVAILABLE", "throws", () => Promise.reject(new Error("canary"))],
  ["CONFIGURATION_INVALID", "returns no JWT", () => "canary"],
  ["CONFIGURATION_INVALID", "returns nothing", () => undefined as unknown as string],
])("throws %s when the function %s, before anything is sent", async (code, _name, assertion) => {
  const error: unknown = await clientWith(assertion)
    .fetchClientCredentialsToken({ scope })
    .catch((reason: unknown) => reason);
  expect(isOAuthError(error) && error.code).toBe(code);
  expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain('"canary');
  expect((error as Error).message).not.toContain("canary");
  expect(microsoft.server.requests).toEqual([]);
});

it("hands on an error of core, which has no secret", async () => {
  const own = new OAuthError("NETWORK_ERROR", "The identity endpoint cannot be reached.");
  const client = clientWith(() => Promise.reject(own));
  await expect(client.fetchClientCredentialsToken({ scope })).rejects.toBe(own);
});

it("refuses a token in the place of the function: it would expire", () => {
  const token = jwtOf("t") as unknown as () => string;
  expect(() => federatedCredential(token)).toThrow(/must be a function/);
});
