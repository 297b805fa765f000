import { expect, it } from "@jest/globals";
import { MicrosoftClient, type MicrosoftScope } from "@grantkit/provider-microsoft";

// tsc is what tests this file: an unused @ts-expect-error is an error of its own.
it("scopes are an open union, and only Microsoft's own options are taken", async () => {
  const microsoft = new MicrosoftClient({
    clientId: "id",
    redirectUri: "https://app.example.com/callback",
  });
  const known: MicrosoftScope = "Mail.Read";
  // @ts-expect-error -- the union itself is closed: a misspelled constant is found
  const misspelled: MicrosoftScope = "Mail.Raed";
  const request = await microsoft.authorizationRequest({ scope: [known, misspelled, "brand.new"] });
  expect(request.scope).toHaveLength(3);
  // @ts-expect-error -- an option of another provider
  const foreign = microsoft.authorizationRequest({ allowSignup: true });
  await expect(foreign).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});
