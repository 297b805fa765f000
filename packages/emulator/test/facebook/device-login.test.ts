import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { json, post } from "../support/wire.ts";

const running = closedAfterEach();

interface Device {
  readonly code: string;
  readonly user_code: string;
}

const start = (facebook: FacebookEmulator): Promise<Device> =>
  json<Device>(
    post(`${facebook.endpoints.api}/device/login`, {
      access_token: `${facebook.clientId}|${facebook.clientToken}`,
      scope: "email",
    }),
  );

const poll = (facebook: FacebookEmulator, code: string): Promise<Record<string, unknown>> =>
  json(
    post(`${facebook.endpoints.api}/device/login_status`, {
      access_token: `${facebook.clientId}|${facebook.clientToken}`,
      code,
    }),
  );

it("answers polls with Facebook's error numbers, then with a token without token_type", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now }));
  const device = await start(facebook);
  expect(device).toMatchObject({
    verification_uri: `${facebook.origin}/device`,
    expires_in: 420,
    interval: 5,
  });
  const pending = { error: { code: 31, error_subcode: 1_349_174 } };
  expect(await poll(facebook, device.code)).toMatchObject(pending);
  expect(await poll(facebook, device.code)).toMatchObject({
    error: { code: 17, error_subcode: 1_349_172 },
  });
  await facebook.approveDevice(device.user_code, { user: "Mary Somerville" });
  expect(await poll(facebook, device.code)).toEqual({
    access_token: expect.stringMatching(/^EAA/),
    data_access_expiration_time: expect.any(Number),
    expires_in: 5_183_944,
  });
});

it("has errors for an expired code, a denial and a wrong client token", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now }));
  const denied = await start(facebook);
  await facebook.approveDevice(denied.user_code, { deny: true });
  expect(await poll(facebook, denied.code)).toMatchObject({
    error: { error_subcode: 1_349_245 },
  });
  const late = await start(facebook);
  clock.pass(420);
  expect(await poll(facebook, late.code)).toMatchObject({
    error: { code: 463, error_subcode: 1_349_152 },
  });
  const url = `${facebook.endpoints.api}/device/login`;
  const wrong = await post(url, { access_token: `${facebook.clientId}|wrong` });
  expect(wrong.status).toBe(400);
});
