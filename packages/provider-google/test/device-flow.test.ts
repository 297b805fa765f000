import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import {
  type DeviceAuthorization,
  type DevicePending,
  GoogleClient,
  type Token,
} from "@grantkit/provider-google";
import { FakeClock } from "../../core/test/support/fake-clock.ts";

let clock: FakeClock;
let emulator: GoogleEmulator;
let client: GoogleClient;

beforeEach(async () => {
  clock = new FakeClock();
  emulator = await startGoogle({ now: () => clock.now() });
  client = clientOf(emulator);
});
afterEach(() => emulator.close());

function clientOf({ clientId, clientSecret, endpoints }: GoogleEmulator): GoogleClient {
  return new GoogleClient({ clientId, clientSecret, endpoints, clock });
}

/** Waits for the user; all pauses pass at once, and `meanwhile` happens after each answer of "not yet". */
async function wait(
  device: DeviceAuthorization,
  meanwhile: (pending: DevicePending) => unknown = () => undefined,
): Promise<Token> {
  const waiting = client.fetchDeviceToken(device, {
    onPending(pending) {
      void Promise.resolve(meanwhile(pending)).then(() => clock.advance(pending.interval * 1000));
    },
  });
  await Promise.race([clock.scheduled(), waiting.catch(() => undefined)]);
  clock.advance(device.interval * 1000);
  return waiting;
}

it("reads verificationUri from Google's verification_url, and waits for the user", async () => {
  const device = await client.fetchDeviceAuthorization();
  expect(device).toMatchObject({
    userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    verificationUri: `${emulator.origin}/device`,
    expiresAt: new Date(clock.now() + 1_800_000),
    interval: 5,
    scope: ["openid", "email", "profile"],
  });
  const pending: DevicePending[] = [];
  const token = await wait(device, async (answer) => {
    pending.push(answer);
    if (answer.attempt === 2) await emulator.approveDevice(device.userCode);
  });
  expect(pending).toMatchObject([
    { attempt: 1, interval: 5, reason: "authorization_pending" },
    { attempt: 2, interval: 5, reason: "authorization_pending" },
  ]);
  expect(token.claims?.["email"]).toBe("ada.lovelace@gmail.com");
  expect(token.refreshToken).toBeDefined();
  expect(token.scopeChange).toBeUndefined();
  expect((await client.profile(token)).name).toBe("Ada Lovelace");
});

it("slows down when Google says so, with status 403", async () => {
  const device = await client.fetchDeviceAuthorization();
  const reasons: [string, number][] = [];
  const token = await wait({ ...device, interval: 1 }, async ({ reason, interval, attempt }) => {
    reasons.push([reason, interval]);
    if (attempt === 2) await emulator.approveDevice(device.userCode);
  });
  expect(reasons).toEqual([
    ["authorization_pending", 1],
    ["slow_down", 6],
  ]);
  expect(token.accessToken).toMatch(/^ya29\./);
});

it("throws ACCESS_DENIED when the user declines", async () => {
  const device = await client.fetchDeviceAuthorization();
  await emulator.approveDevice(device.userCode, { deny: true });
  await expect(wait(device)).rejects.toMatchObject({ code: "ACCESS_DENIED", status: 403 });
});

it("throws DEVICE_CODE_EXPIRED, whether Google or the clock says so first", async () => {
  const device = await client.fetchDeviceAuthorization();
  clock.advance(1_800_000);
  const late = { ...device, expiresAt: new Date(clock.now() + 60_000) };
  await expect(wait(late)).rejects.toMatchObject({
    code: "DEVICE_CODE_EXPIRED",
    error: "expired_token",
  });
  await expect(client.fetchDeviceToken(device)).rejects.toMatchObject({
    code: "DEVICE_CODE_EXPIRED",
  });
});

it("reports a used device code", async () => {
  const device = await client.fetchDeviceAuthorization();
  await emulator.approveDevice(device.userCode);
  await wait(device);
  await expect(wait(device)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});

it("reports scopes that Google does not grant to devices", async () => {
  const scope = ["https://www.googleapis.com/auth/calendar"];
  await expect(client.fetchDeviceAuthorization({ scope })).rejects.toMatchObject({
    code: "INVALID_SCOPE",
  });
});

it("reports the quota, which Google answers without an error field", async () => {
  emulator.failNext("device-quota");
  await expect(client.fetchDeviceAuthorization()).rejects.toMatchObject({
    code: "RATE_LIMITED",
    error: "rate_limit_exceeded",
    status: 403,
    retryable: true,
  });
});
