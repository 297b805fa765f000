import { expect, it } from "@jest/globals";
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
