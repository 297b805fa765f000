import { expect, it } from "@jest/globals";
import {
  MemoryTokenStore,
  Token,
  FacebookClient,
  type FacebookScope,
} from "@grantkit/provider-facebook";

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

it("profile() of a client and of its sessions has Facebook's own fields", async () => {
  const facebook = new FacebookClient({
    clientId: "id",
    // One answer for every request.
    http: {
      adapter: (config) => {
        const data = Buffer.from(JSON.stringify({ id: "1", first_name: "Grace" }));
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  const token = { accessToken: "at" };
  const store = new MemoryTokenStore();
  const stored = await facebook.storedSession({ store, key: "user", token: Token.from(token) });
  for (const profiled of [
    facebook.profile(token),
    facebook.session(token).profile(),
    stored.profile(),
  ]) {
    const profile = await profiled;
    const firstName: string | undefined = profile.raw.first_name;
    expect([firstName]).toEqual(["Grace"]);
  }
});
