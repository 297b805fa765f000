import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import type { OAuth1Emulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { fields, send } from "../support/oauth1-consumer.ts";
import type { Signer } from "../support/oauth1-consumer.ts";
import { refusal, registered, signedIn, withToken } from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";

const running = closedAfterEach();

const XAUTH = {
  x_auth_mode: "client_auth",
  x_auth_username: "gracehopper",
  x_auth_password: "correct horse battery staple",
};

const exchangePassword = (
  emulator: OAuth1Emulator,
  more: Record<string, string> = {},
): Promise<Response> => {
  const form = Object.entries({ ...XAUTH, ...more });
  return send(registered(emulator), { url: emulator.endpoints.accessToken, form });
};

it("exchanges a password when xAuth is on", async () => {
  const emulator = await running(startOAuth1());
  expect(await refusal(exchangePassword(emulator))).toEqual([401, "permission_denied"]);
  emulator.configure({ xAuth: true });
  const access = await fields(exchangePassword(emulator));
  expect(access).toMatchObject({ user_id: "1906", screen_name: "gracehopper" });
  const me = { url: `${emulator.endpoints.api}/me` };
  expect((await send(withToken(registered(emulator), access), me)).status).toBe(200);
  const wrong = exchangePassword(emulator, { x_auth_password: "wrong" });
  expect(await refusal(wrong)).toEqual([401, "permission_denied"]);
  const nobody = exchangePassword(emulator, { x_auth_username: "nobody" });
  expect(await refusal(nobody)).toEqual([401, "permission_denied"]);
  const empty = exchangePassword(emulator, { x_auth_password: "" });
  expect(await refusal(empty)).toEqual([400, "parameter_absent"]);
  const mode = exchangePassword(emulator, { x_auth_mode: "reverse_auth" });
  expect(await refusal(mode)).toEqual([400, "parameter_rejected"]);
});

const renew = (
  { endpoints }: OAuth1Emulator,
  signer: Signer,
  handle: string | undefined,
): Promise<Response> =>
  send(
    { ...signer, oauth: { oauth_session_handle: handle } },
    { url: endpoints.accessToken, verb: "POST" },
  );

it("refreshes an expired token with its session handle, and revokes the old one", async () => {
  const clock = testClock();
  const emulator = await running(
    startOAuth1({ renewal: true, xAuth: true, accessTokenLifetime: 60, now: clock.now }),
  );
  const consumer = (): Signer => ({ ...registered(emulator), timestamp: clock.now() / 1000 });
  const form = Object.entries(XAUTH);
  const access = await fields(send(consumer(), { url: emulator.endpoints.accessToken, form }));
  expect(access).toMatchObject({ oauth_expires_in: "60" });
  const handle = access["oauth_session_handle"];
  const call = (reply: Record<string, string>): Promise<[number, string]> =>
    refusal(send(withToken(consumer(), reply), { url: `${emulator.endpoints.api}/me` }));
  expect((await call(access))[0]).toBe(200);
  clock.pass(60);
  expect(await call(access)).toEqual([401, "token_expired"]);
  const old = (): Signer => withToken(consumer(), access);
  expect(await refusal(renew(emulator, old(), "wrong"))).toEqual([401, "token_rejected"]);
  expect(await refusal(renew(emulator, old(), ""))).toEqual([400, "parameter_absent"]);
  const renewed = await fields(renew(emulator, old(), handle));
  expect(renewed).toMatchObject({ oauth_session_handle: handle, user_id: "1906" });
  expect(renewed["oauth_token"]).not.toBe(access["oauth_token"]);
  expect((await call(renewed))[0]).toBe(200);
  expect(await call(access)).toEqual([401, "token_rejected"]);
  expect(await refusal(renew(emulator, old(), handle))).toEqual([401, "token_rejected"]);
});

it("refreshes nothing if renewal is off", async () => {
  const emulator = await running(startOAuth1());
  const user = await signedIn(emulator);
  expect(await refusal(renew(emulator, user, "any"))).toEqual([400, "parameter_rejected"]);
});
