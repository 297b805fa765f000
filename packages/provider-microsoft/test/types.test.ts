import { expect, it } from "@jest/globals";
import {
  MemoryTokenStore,
  Token,
  MicrosoftClient,
  type MicrosoftScope,
} from "@grantkit/provider-microsoft";

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

it("profile() of a client and of its sessions has Microsoft's own fields", async () => {
  const microsoft = new MicrosoftClient({
    clientId: "id",
    profileId: "oid",
    // One answer for every request.
    http: {
      adapter: (config) => {
        const data = Buffer.from(JSON.stringify({ id: "1", oid: "1", tid: "t" }));
        return Promise.resolve({ status: 200, statusText: "", data, headers: {}, config });
      },
    },
  });
  const token = { accessToken: "at" };
  const store = new MemoryTokenStore();
  const stored = await microsoft.storedSession({ store, key: "user", token: Token.from(token) });
  for (const profiled of [
    microsoft.profile(token),
    microsoft.session(token).profile(),
    stored.profile(),
  ]) {
    const profile = await profiled;
    const tenant: string | undefined = profile.raw.tid;
    expect([tenant]).toEqual(["t"]);
  }
});
