import { expect, it } from "@jest/globals";
import { FacebookClient, type FacebookScope } from "@grantkit/provider-facebook";

// tsc is what tests this file: an unused @ts-expect-error is an error of its own.
it("permissions are an open union, and only Facebook's own options are taken", async () => {
  const facebook = new FacebookClient({
    clientId: "id",
    redirectUri: "https://app.example.com/callback",
  });
  const known: FacebookScope = "pages_show_list";
  // @ts-expect-error -- the union itself is closed: a misspelled constant is found
  const misspelled: FacebookScope = "page_show_list";
  const request = await facebook.authorizationRequest({
    scope: [known, misspelled, "brand_new"],
    authType: ["rerequest", "reauthenticate"],
    display: "popup",
  });
  expect(request.scope).toHaveLength(3);
  // @ts-expect-error -- Facebook has no such dialog
  await facebook.authorizationRequest({ display: "fullscreen" });
  // @ts-expect-error -- an option of Google's
  const foreign = facebook.authorizationRequest({ prompt: "consent" });
  await expect(foreign).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});
