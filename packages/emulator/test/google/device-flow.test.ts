import { expect, it } from "@jest/globals";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { askToken, json, post } from "../support/wire.ts";

const running = closedAfterEach();
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

interface Device {
  readonly device_code: string;
  readonly user_code: string;
}

const start = (google: GoogleEmulator, scope = "openid email"): Promise<Response> =>
  post(google.endpoints.deviceAuthorization, { client_id: google.clientId, scope });

const poll = async (google: GoogleEmulator, code: string): Promise<unknown[]> => {
  const reply = await askToken(google, { grant_type: GRANT, device_code: code });
  const { error, error_description: description } = await json(reply);
  return [reply.status, error, description];
};

it("sends verification_url, not verification_uri", async () => {
  const google = await running(startGoogle());
  const device = await json(start(google));
  expect(device).toMatchObject({
    user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    verification_url: `${google.origin}/device`,
    expires_in: 1800,
    interval: 5,
  });
  expect(device).not.toHaveProperty("verification_uri");
});

it("answers polls with 428 while pending and 403 when too fast, and issues tokens once", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now }));
  const device = await json<Device>(start(google));
  const code = device.device_code;
  expect(await poll(google, code)).toEqual([428, "authorization_pending", "Precondition Required"]);
  expect(await poll(google, code)).toEqual([403, "slow_down", "Forbidden"]);
  clock.pass(10);
  expect(await poll(google, code)).toEqual([428, "authorization_pending", "Precondition Required"]);
  await google.approveDevice(device.user_code, { user: "grace@navy.example" });
  const token = await json(askToken(google, { grant_type: GRANT, device_code: code }));
  expect(token).toMatchObject({ token_type: "Bearer", refresh_token: expect.any(String) });
  expect((await poll(google, code)).slice(0, 2)).toEqual([400, "invalid_grant"]);
});

it("answers a denial with 403 and an expired code with 400", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now }));
  const denied = await json<Device>(start(google));
  await google.approveDevice(denied.user_code, { deny: true });
  expect(await poll(google, denied.device_code)).toEqual([403, "access_denied", "Forbidden"]);
  const late = await json<Device>(start(google));
  clock.pass(1800);
  expect((await poll(google, late.device_code)).slice(0, 2)).toEqual([400, "expired_token"]);
  await expect(google.approveDevice(late.user_code)).rejects.toThrow("No device waits");
});

it("accepts only the scopes for devices, and requires the secret to poll", async () => {
  const google = await running(startGoogle({ clientType: "installed" }));
  const refused = await start(google, "https://www.googleapis.com/auth/calendar");
  expect([refused.status, (await json(refused))["error"]]).toEqual([400, "invalid_scope"]);
  const device = await json<Device>(start(google));
  const grant = { grant_type: GRANT, device_code: device.device_code, client_secret: undefined };
  expect((await json(askToken(google, grant)))["error"]).toBe("invalid_request");
});

it("answers over quota without an error field", async () => {
  const google = await running(startGoogle());
  google.failNext("device-quota");
  const reply = await start(google);
  expect([reply.status, await json(reply)]).toEqual([403, { error_code: "rate_limit_exceeded" }]);
});
