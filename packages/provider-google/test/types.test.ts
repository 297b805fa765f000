import { expect, it } from "@jest/globals";
import * as core from "@grantkit/core";
import * as provider from "@grantkit/provider-google";
import { GoogleClient, type GoogleScope } from "@grantkit/provider-google";

// tsc is what tests this file: an unused @ts-expect-error is an error of its own.
it("scopes are an open union, and only Google's own options are taken", async () => {
  const google = new GoogleClient({
    clientId: "id",
    redirectUri: "https://app.example.com/callback",
  });
  const known: GoogleScope = "https://www.googleapis.com/auth/drive.file";
  // @ts-expect-error -- the union itself is closed: a misspelled constant is found
  const misspelled: GoogleScope = "https://www.googleapis.com/auth/drive.fil";
  const request = await google.authorizationRequest({
    scope: ["openid", known, misspelled, "https://www.googleapis.com/auth/brand.new"],
    prompt: ["consent", "select_account"],
    accessType: "offline",
  });
  expect(request.scope).toHaveLength(4);
  // @ts-expect-error -- Google does not know this prompt
  await google.authorizationRequest({ prompt: "login" });
  // @ts-expect-error -- nor this access type
  await google.authorizationRequest({ accessType: "always" });
  // @ts-expect-error -- an option of GitHub's
  const foreign = google.authorizationRequest({ allowSignup: true });
  await expect(foreign).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});

it("exports all of core: an app with one provider needs one package", () => {
  expect(Object.keys(core).length).toBeGreaterThan(10);
  expect({ ...provider }).toMatchObject({ ...core });
  const token: provider.TokenRecord = { accessToken: "at" } satisfies core.TokenRecord;
  expect(provider.Token.from(token)).toBeInstanceOf(core.Token);
});
