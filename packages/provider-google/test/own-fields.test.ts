import { expect, it } from "@jest/globals";
import { startGoogle } from "@grantkit/emulator";
import {
  google,
  googleApiError,
  GoogleClient,
  GoogleExternalAccount,
  GoogleMetadataServer,
  googleProfile,
  GoogleServiceAccount,
} from "@grantkit/provider-google";
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

it("reads no reason of an API's error that the API did not send", async () => {
  await polluted({ reason: "SERVICE_DISABLED", domain: "evil", metadata: { a: "b" } }, () => {
    const error = { code: 403, message: "no", details: [{}], errors: [{}] };
    expect(googleApiError({ error })).toMatchObject({
      problem: "PERMISSION_DENIED",
      reason: undefined,
      metadata: {},
    });
    return Promise.resolve();
  });
});

it("believes no claim, cookie or option of a credential that was not sent", async () => {
  const additions = { hd: "navy.example", hostedDomain: "*", nonce: "evil", g_csrf_token: "x" };
  await polluted(additions, async () => {
    expect(
      googleProfile({ sub: "1", email: "a@navy.example", email_verified: true }),
    ).toMatchObject({ emailAuthoritative: false });
    const client = new GoogleClient({ clientId: "id", redirectUri: "https://app.example.com/" });
    const form = { credential: "a.b.c" };
    const type = "application/x-www-form-urlencoded";
    const request = { method: "POST", url: "/", headers: { "content-type": type }, body: form };
    await expect(client.verifyCredential(request)).rejects.toMatchObject({
      code: "STATE_MISMATCH",
    });
  });
});

it("takes no host, account, source or scope of an account without a key from it", async () => {
  const additions = {
    host: "evil.example",
    account: "evil",
    subjectToken: "evil",
    scope: ["evil"],
  };
  const sent: string[] = [];
  const http = {
    adapter: (config: { url?: string }) => {
      sent.push(String(config.url));
      return Promise.reject(new Error("no network"));
    },
  };
  await polluted(additions, async () => {
    const machine = new GoogleMetadataServer({ http, retries: false });
    await expect(machine.session().refresh()).rejects.toMatchObject({ code: "NETWORK_ERROR" });
    const config = { type: "external_account", audience: "a", subject_token_type: "b" };
    const options = { config: { ...config, token_url: "https://sts.googleapis.com/v1/token" } };
    expect(() => new GoogleExternalAccount(options)).toThrow("needs file or url");
  });
  expect(sent).toEqual([
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token",
  ]);
});
