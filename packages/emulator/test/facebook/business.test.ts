import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator, FacebookOptions } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, CALLBACK, exchange, get, json } from "../support/wire.ts";

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

it("issues a code for a long-lived token, which another client exchanges with a machine id", async () => {
  const facebook = await running(startFacebook());
  const callback = await facebook.authorize(authorizationUrl(facebook));
  const { access_token: token } = await json(exchange(facebook, callback));
  const query = (more: Record<string, string>): string =>
    new URLSearchParams({
      client_id: facebook.clientId,
      client_secret: facebook.clientSecret,
      redirect_uri: CALLBACK,
      ...more,
    }).toString();
  const { api, token: endpoint } = facebook.endpoints;
  const ask = (accessToken: string): Promise<Response> =>
    fetch(`${api}/oauth/client_code?${query({ access_token: accessToken })}`);
  expect((await ask("garbage")).status).toBe(400);
  const { code } = await json(ask(String(token)));
  const tokens = await json(fetch(`${endpoint}?${query({ code: String(code), machine_id: "m" })}`));
  expect(tokens).toMatchObject({ access_token: expect.any(String), machine_id: "m" });
});
