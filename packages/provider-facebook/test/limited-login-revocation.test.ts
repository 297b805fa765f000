import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { rejectionOf } from "../../core/test/support/canaries.ts";

let emulator: FacebookEmulator;
let client: FacebookClient;

beforeAll(async () => {
  emulator = await startFacebook();
  const { clientId, endpoints } = emulator;
  client = new FacebookClient({ clientId, endpoints, retries: false });
});
afterAll(() => emulator.close());

it("removes the app for the user of an ID token, and sends no other credential", async () => {
  const idToken = await emulator.createLimitedLoginToken();
  emulator.clearRequests();
  expect(await client.revokeLimitedLogin(idToken)).toBeUndefined();
  expect(emulator.requests).toMatchObject([
    {
      method: "POST",
      path: "/platform/uninstall/",
      body: { id_token: idToken, app_id: emulator.clientId },
    },
  ]);
  expect(emulator.requests[0]?.headers).not.toHaveProperty("authorization");
});

it("throws for a token that is none of the app's, and shows no part of it", async () => {
  const error = await rejectionOf(client.revokeLimitedLogin("e30.canary.sig"));
  expect(error).toMatchObject({ code: "API_REQUEST_FAILED", details: { code: 100 } });
  expect(String(error)).not.toContain("canary");
});

it("throws where Facebook does not confirm it", async () => {
  emulator.failNext({ path: "/platform/uninstall/", status: 200, body: { success: false } });
  const error = await rejectionOf(client.revokeLimitedLogin("a.b.c"));
  expect(error).toMatchObject({ code: "API_REQUEST_FAILED" });
});

it.each([undefined, "", 5])("sends nothing for the ID token %j", async (idToken) => {
  emulator.clearRequests();
  const error = await rejectionOf(client.revokeLimitedLogin(idToken as never));
  expect(error).toMatchObject({ code: "ID_TOKEN_INVALID" });
  expect(emulator.requests).toEqual([]);
});
