import { expect, it } from "@jest/globals";
import { AcmeClient, type AcmeScope } from "@grantkit/provider-acme";

// tsc is what tests this file: an unused @ts-expect-error is an error of its own.
it("scopes are an open union, and only Acme's own options are taken", async () => {
  const acme = new AcmeClient({
    clientId: "id",
    redirectUri: "https://app.example.com/callback",
  });
  const known: AcmeScope = "openid";
  // @ts-expect-error -- the union itself is closed: a misspelled constant is found
  const misspelled: AcmeScope = "opnid";
  const request = await acme.authorizationRequest({ scope: [known, misspelled, "brand.new"] });
  expect(request.scope).toHaveLength(3);
  // @ts-expect-error -- an option of another provider
  const foreign = acme.authorizationRequest({ allowSignup: true });
  await expect(foreign).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});
