import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator, FacebookOptions } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import {
  askToken,
  authorizationUrl,
  CALLBACK,
  exchange,
  get,
  json,
  post,
} from "../support/wire.ts";

const running = closedAfterEach();
const clock = testClock();

const loginConfigurations: FacebookOptions["loginConfigurations"] = {
  "1": { permissions: ["ads_read"], systemUser: "never-expires" },
  "2": { permissions: ["ads_read"], systemUser: "60-days" },
};

const signIn = async (facebook: FacebookEmulator, configId: string) => {
  const url = authorizationUrl(facebook, { config_id: configId });
  return json(exchange(facebook, await facebook.authorize(url)));
};

const userToken = async (facebook: FacebookEmulator): Promise<string> => {
  const callback = await facebook.authorize(authorizationUrl(facebook));
  return String((await json(exchange(facebook, callback)))["access_token"]);
};

const debug = async (facebook: FacebookEmulator, token: string) => {
  const app = `${facebook.clientId}|${facebook.clientSecret}`;
  const query = new URLSearchParams({ input_token: token, access_token: app });
  const reply = await json<{ data: object }>(
    fetch(`${facebook.endpoints.api}/debug_token?${query.toString()}`),
  );
  return reply.data;
};

it("issues tokens of a system user for a configuration of Login for Business", async () => {
  const facebook = await running(startFacebook({ now: clock.now, loginConfigurations }));
  const never = await signIn(facebook, "1");
  expect(never).toEqual({ access_token: expect.any(String), token_type: "bearer" });
  const token = String(never["access_token"]);
  const about = await debug(facebook, token);
  expect(about).toMatchObject({
    type: "SYSTEM_USER",
    expires_at: 0,
    scopes: ["public_profile", "ads_read"],
  });
  const me = await json(get(`${facebook.endpoints.api}/me?fields=client_business_id`, token));
  expect(me).toEqual({
    id: expect.any(String),
    client_business_id: expect.stringMatching(/^\d+$/),
  });
  expect(await signIn(facebook, "2")).toHaveProperty("expires_in", 5_184_000);
});

it("makes expired permissions of all granted ones but the public profile", async () => {
  const facebook = await running(startFacebook());
  const url = authorizationUrl(facebook, { scope: "email,user_birthday" });
  const callback = await facebook.authorize(url, { scopes: ["email"] });
  const token = String((await json(exchange(facebook, callback)))["access_token"]);
  facebook.expirePermissions();
  expect(await json(get(`${facebook.endpoints.api}/me/permissions`, token))).toEqual({
    data: [
      { permission: "public_profile", status: "granted" },
      { permission: "email", status: "expired" },
      { permission: "user_birthday", status: "declined" },
    ],
  });
  const me = await json(get(`${facebook.endpoints.api}/me?fields=email`, token));
  expect(me).not.toHaveProperty("email");
});

it("removes one permission, which is then gone from the list", async () => {
  const facebook = await running(startFacebook());
  const callback = await facebook.authorize(authorizationUrl(facebook, { scope: "email" }));
  const token = String((await json(exchange(facebook, callback)))["access_token"]);
  const permissions = `${facebook.endpoints.api}/me/permissions`;
  const headers = { authorization: `Bearer ${token}` };
  const remove = fetch(`${permissions}/email`, { method: "DELETE", headers });
  expect(await json(remove)).toEqual({ success: true });
  expect(await json(get(permissions, token))).toEqual({
    data: [{ permission: "public_profile", status: "granted" }],
  });
});

const clientCode = async (facebook: FacebookEmulator, accessToken?: string): Promise<Response> => {
  const query = new URLSearchParams({
    client_id: facebook.clientId,
    client_secret: facebook.clientSecret,
    redirect_uri: CALLBACK,
    access_token: accessToken ?? (await userToken(facebook)),
  });
  return fetch(`${facebook.endpoints.api}/oauth/client_code?${query.toString()}`);
};

it("issues a code for a token, which an app without a secret exchanges", async () => {
  const facebook = await running(startFacebook());
  const redeem = (code: unknown, more: Record<string, string> = {}): Promise<Response> => {
    const fields = { client_id: facebook.clientId, redirect_uri: CALLBACK, code: String(code) };
    return post(facebook.endpoints.token, { ...fields, ...more });
  };
  expect((await clientCode(facebook, "garbage")).status).toBe(400);
  const { code, ...others } = await json(clientCode(facebook));
  expect(others).toEqual({});
  expect(await json(redeem(code, { redirect_uri: "http://localhost/" }))).toMatchObject({
    error: { error_subcode: 36_008 },
  });
  const tokens = await json(redeem(code));
  expect(tokens).toMatchObject({ machine_id: expect.any(String) });
  const me = await get(`${facebook.endpoints.api}/me`, String(tokens["access_token"]));
  expect(me.status).toBe(200);
  expect(await json(redeem(code))).toMatchObject({ error: { code: 1 } });
});

it("echoes the machine id of the exchange", async () => {
  const facebook = await running(startFacebook());
  const { code } = await json(clientCode(facebook));
  const tokens = await json(
    askToken(facebook, { code: String(code), redirect_uri: CALLBACK, machine_id: "m" }),
  );
  expect(tokens).toMatchObject({ access_token: expect.any(String), machine_id: "m" });
});

it("needs the secret for the code of a sign-in", async () => {
  const facebook = await running(startFacebook());
  const callback = await facebook.authorize(authorizationUrl(facebook));
  const reply = await exchange(facebook, callback, { client_secret: undefined });
  expect(await json(reply)).toMatchObject({ error: { code: 1 } });
});
