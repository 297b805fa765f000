import { expect, it } from "@jest/globals";
import { federatedCredential, MicrosoftClient } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();
const { clientOf } = microsoft;
const scope = ["https://graph.microsoft.com/.default"];

it("is refused for a client of many tenants before anything is sent, with advice", async () => {
  let assertions = 0;
  const clientAuthentication = federatedCredential(() => {
    assertions += 1;
    return microsoft.server.createFederatedToken();
  });
  for (const tenant of ["common", "organizations", "consumers"]) {
    const endpoints = microsoft.server.tenantEndpoints(tenant);
    const { clientId } = microsoft.server;
    const client = new MicrosoftClient({ clientId, tenant, endpoints, clientAuthentication });
    for (const asked of [
      client.fetchClientCredentialsToken({ scope }),
      client.clientCredentialsSession({ scope }).get("/users"),
    ]) {
      await expect(asked).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("set the option tenant to the ID of the tenant"),
      });
    }
  }
  expect([assertions, microsoft.server.requests.length]).toEqual([0, 0]);
});

it("lists the users of its tenant", async () => {
  const { tenantId: tenant } = microsoft.server;
  const client = clientOf({ tenant, endpoints: microsoft.server.tenantEndpoints(tenant) });
  const app = client.clientCredentialsSession({ scope });
  const { data } = await app.get("/users?$top=5");
  expect(data).toMatchObject({ value: [{ userPrincipalName: "ada@contoso.example" }] });
});
