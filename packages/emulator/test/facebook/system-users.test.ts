import { createHmac } from "node:crypto";
import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator, FacebookOptions } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, authorizationUrl, exchange, get, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const loginConfigurations: FacebookOptions["loginConfigurations"] = {
  "1": { permissions: ["ads_read"], systemUser: "never-expires" },
  "2": ["email"],
};

const start = (): Promise<FacebookEmulator> =>
  running(startFacebook({ now: clock.now, loginConfigurations }));

const signIn = async (facebook: FacebookEmulator, configId: string): Promise<string> => {
  const url = authorizationUrl(facebook, { config_id: configId });
  return String((await json(exchange(facebook, await facebook.authorize(url))))["access_token"]);
};

const businessOf = async (facebook: FacebookEmulator, token: string): Promise<string> => {
  const me = await json(get(`${facebook.endpoints.api}/me?fields=client_business_id`, token));
  return String(me["client_business_id"]);
};

const issue = (
  { clientSecret, endpoints }: FacebookEmulator,
  business: string,
  token: string,
  more: Record<string, string | undefined> = {},
): Promise<Response> => {
  const proof = createHmac("sha256", clientSecret).update(token).digest("hex");
  const authorization = `Bearer ${token}`;
  const url = `${endpoints.api}/${business}/system_user_access_tokens`;
  return post(url, { appsecret_proof: proof, ...more }, { authorization });
};

it("issues another token of the system user for its token and an appsecret_proof", async () => {
  const facebook = await start();
  const token = await signIn(facebook, "1");
  const business = await businessOf(facebook, token);
  const issued = await json(issue(facebook, business, token));
  expect(issued).toEqual({ access_token: expect.stringMatching(/^EAA/) });
  expect(issued["access_token"]).not.toBe(token);
  expect(await businessOf(facebook, String(issued["access_token"]))).toBe(business);
});

it("sends the existing token on demand", async () => {
  const facebook = await start();
  const token = await signIn(facebook, "1");
  const business = await businessOf(facebook, token);
  const fetched = await json(issue(facebook, business, token, { fetch_only: "true" }));
  expect(fetched).toEqual({ access_token: token });
});

it("issues a token that expires after 60 days, which can be exchanged for a newer one", async () => {
  const facebook = await start();
  const never = await signIn(facebook, "1");
  const business = await businessOf(facebook, never);
  const expiring = { set_token_expires_in_60_days: "true" };
  const first = String((await json(issue(facebook, business, never, expiring)))["access_token"]);
  clock.pass(50 * 86_400);
  const second = await json(
    askToken(facebook, {
      grant_type: "fb_exchange_token",
      fb_exchange_token: first,
      ...expiring,
    }),
  );
  expect(second).toMatchObject({ token_type: "bearer", expires_in: 5_184_000 });
  clock.pass(11 * 86_400);
  expect((await get(`${facebook.endpoints.api}/me`, first)).status).toBe(400);
  expect(await businessOf(facebook, String(second["access_token"]))).toBe(business);
});

it("refuses calls without a valid appsecret_proof, whatever the app's settings are", async () => {
  const facebook = await start();
  const token = await signIn(facebook, "1");
  const business = await businessOf(facebook, token);
  const missing = await json(issue(facebook, business, token, { appsecret_proof: undefined }));
  expect(missing).toMatchObject({
    error: { code: 100, message: expect.stringContaining("require an appsecret_proof") },
  });
  const wrong = await json(issue(facebook, business, token, { appsecret_proof: "00" }));
  expect(wrong).toMatchObject({
    error: { code: 100, message: expect.stringContaining("Invalid appsecret_proof") },
  });
});

it("refuses tokens of users and another business", async () => {
  const facebook = await start();
  const token = await signIn(facebook, "1");
  const business = await businessOf(facebook, token);
  const ofUser = await json(issue(facebook, business, await signIn(facebook, "2")));
  expect(ofUser).toMatchObject({ error: { code: 200 } });
  expect(await json(issue(facebook, "1", token))).toMatchObject({
    error: { code: 100, error_subcode: 33 },
  });
});
