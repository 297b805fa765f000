import { expect, it } from "@jest/globals";
import { MemoryTokenStore, Token, GoogleClient, type GoogleScope } from "@grantkit/provider-google";

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

it("profile() of a client and of its sessions has Google's own fields", async () => {
  const google = new GoogleClient({
    clientId: "id",
    // One answer for every request.
    http: {
      adapter: (config) => {
        const data = Buffer.from(JSON.stringify({ sub: "1", hd: "navy.example", locale: "en" }));
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  const token = { accessToken: "at" };
  const store = new MemoryTokenStore();
  const stored = await google.storedSession({ store, key: "user", token: Token.from(token) });
  for (const profiled of [
    google.profile(token),
    google.session(token).profile(),
    stored.profile(),
  ]) {
    const profile = await profiled;
    const domain: string | undefined = profile.hostedDomain;
    const locale: string | undefined = profile.raw.locale;
    expect([domain, locale]).toEqual(["navy.example", "en"]);
  }
});
