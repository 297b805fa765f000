import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient, type Token } from "@grantkit/provider-facebook";
import { rejectionOf } from "../../core/test/support/canaries.ts";

const redirectUri = "http://127.0.0.1:8080/callback";

let emulator: FacebookEmulator;
let client: FacebookClient;
let token: Token;

beforeAll(async () => {
  emulator = await startFacebook();
  const { clientId, clientSecret, endpoints } = emulator;
  client = new FacebookClient({ clientId, clientSecret, endpoints, redirectUri, retries: false });
  const request = await client.authorizationRequest();
  token = await client.fetchToken(await emulator.authorize(request.url), request);
});
afterAll(() => emulator.close());

it("makes a code that a phone exchanges for its own token, without the app secret", async () => {
  const code = await client.fetchClientCode(token, { redirectUri });
  const { clientId, endpoints } = emulator;
  const phone = new FacebookClient({ clientId, endpoints });
  const own = await phone.fetchTokenByCode(code, { redirectUri });
  expect(own.accessToken).not.toBe(token.accessToken);
  expect(own.raw).toHaveProperty("machine_id");
  expect((await client.debugToken(own)).userId).toBe((await client.debugToken(token)).userId);
  // Facebook knows the phone again by the machine's ID.
  const parameters = { machine_id: String(own.raw["machine_id"]) };
  const next = await client.fetchClientCode(token, { redirectUri });
  const again = await phone.fetchTokenByCode(next, { redirectUri, parameters });
  expect(again.raw).toMatchObject(parameters);
});

it("binds the code to the redirect URI", async () => {
  const code = await client.fetchClientCode(token, { redirectUri });
  const exchange = client.fetchTokenByCode(code, { redirectUri: `${redirectUri}/other` });
  expect(await rejectionOf(exchange)).toMatchObject({ code: "INVALID_GRANT" });
});

it("throws for a token that does not work, for an answer without a code, and without a secret", async () => {
  const fetching = client.fetchClientCode({ accessToken: "EAAgarbage" }, { redirectUri });
  expect(await rejectionOf(fetching)).toMatchObject({ code: "TOKEN_REJECTED" });
  emulator.failNext({ path: "/v26.0/oauth/client_code", status: 200, body: {} });
  const unusable = await rejectionOf(client.fetchClientCode(token, { redirectUri }));
  expect(unusable).toMatchObject({ code: "API_REQUEST_FAILED" });
  const { clientId, endpoints } = emulator;
  const phone = new FacebookClient({ clientId, endpoints });
  emulator.clearRequests();
  const refused = await rejectionOf(phone.fetchClientCode(token, { redirectUri }));
  expect(refused).toMatchObject({ code: "CONFIGURATION_INVALID" });
  expect(String(refused)).toContain("clientSecret is missing");
  expect(emulator.requests).toHaveLength(0);
});

it.each([undefined, {}, { redirectUri: "" }, { redirectUri: "callback" }, { redirect_uri: "x" }])(
  "sends nothing for the options %j",
  async (options) => {
    emulator.clearRequests();
    const refused = await rejectionOf(client.fetchClientCode(token, options as never));
    expect(refused).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(String(refused)).toContain("redirectUri");
    expect(emulator.requests).toHaveLength(0);
  },
);
