import { expect, it } from "@jest/globals";
import { startGoogle } from "@grantkit/emulator";
import { google, GoogleClient, GoogleServiceAccount } from "@grantkit/provider-google";
import { polluted } from "../../core/test/support/prototype-traps.ts";
import { describeOwnFields } from "../../core/test/support/provider-own-fields.ts";

describeOwnFields({
  name: "provider-google",
  start: startGoogle,
  preset: google,
  makeClient: (options) => new GoogleClient(options),
});

it("opens a service account's session with the options that it was given, not with a token", async () => {
  const emulator = await startGoogle();
  const key = await emulator.createServiceAccount();
  const account = new GoogleServiceAccount({ key, endpoints: emulator.endpoints });
  await polluted({ accessToken: "evil-token", subject: "evil@example.com" }, async () => {
    const session = account.session({ scope: ["https://www.googleapis.com/auth/drive"] });
    await session.refresh();
    expect(session.token.accessToken).not.toBe("evil-token");
  });
  expect(JSON.stringify(emulator.requests)).not.toContain("evil");
  await emulator.close();
});
