import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type GitHubEmulator, type GitHubOptions, startGitHub } from "@grantkit/emulator";
import {
  type DeviceAuthorization,
  type DevicePending,
  GitHubClient,
  type Token,
} from "@grantkit/provider-github";
import { FakeClock } from "../../core/test/support/fake-clock.ts";

let clock: FakeClock;
let emulator: GitHubEmulator;
/** What a command line has: no secret, and no redirect URI. */
let client: GitHubClient;

async function start(switches: GitHubOptions = {}): Promise<void> {
  clock = new FakeClock();
  emulator = await startGitHub({ now: () => clock.now(), ...switches });
  const { clientId, endpoints } = emulator;
  client = new GitHubClient({ clientId, endpoints, clock });
}
beforeEach(() => start());
afterEach(() => emulator.close());

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

const lastForm = () => emulator.requests.at(-1)?.body ?? {};

describe("signing in on another device", () => {
  it("needs the client ID alone", async () => {
    const device = await client.fetchDeviceAuthorization();
    expect(device).toMatchObject({
      userCode: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
      verificationUri: `${emulator.origin}/login/device`,
      expiresAt: new Date(clock.now() + 900_000),
      interval: 5,
      scope: ["read:user", "user:email"],
    });
    const reasons: string[] = [];
    const token = await wait(device, async ({ reason, attempt }) => {
      reasons.push(reason);
      if (attempt === 2) await emulator.approveDevice(device.userCode, { user: "ada-l" });
    });
    expect(reasons).toEqual(["authorization_pending", "authorization_pending"]);
    expect(Object.keys(lastForm()).toSorted()).toEqual(["client_id", "device_code", "grant_type"]);
    expect(token.scope).toEqual(["read:user", "user:email"]);
    expect((await client.profile(token)).username).toBe("ada-l");
  });

  it("slows down to the interval that GitHub names, which comes with status 200", async () => {
    const device = await client.fetchDeviceAuthorization();
    const answers: [string, number][] = [];
    await wait({ ...device, interval: 1 }, async ({ reason, interval, attempt }) => {
      answers.push([reason, interval]);
      if (attempt === 2) await emulator.approveDevice(device.userCode);
    });
    expect(answers).toEqual([
      ["authorization_pending", 1],
      // Five seconds more than it had would be 6.
      ["slow_down", 10],
    ]);
  });

  it("throws ACCESS_DENIED when the user declines", async () => {
    const device = await client.fetchDeviceAuthorization();
    await emulator.approveDevice(device.userCode, { deny: true });
    await expect(wait(device)).rejects.toMatchObject({ code: "ACCESS_DENIED", status: 200 });
  });

  it("throws DEVICE_CODE_EXPIRED when the code expires", async () => {
    const device = await client.fetchDeviceAuthorization();
    clock.advance(900_000);
    const late = { ...device, expiresAt: new Date(clock.now() + 60_000) };
    await expect(wait(late)).rejects.toMatchObject({ code: "DEVICE_CODE_EXPIRED" });
    await expect(client.fetchDeviceToken(device)).rejects.toMatchObject({
      code: "DEVICE_CODE_EXPIRED",
    });
  });

  it.each([
    ["token_expired", "DEVICE_CODE_EXPIRED"],
    ["incorrect_device_code", "INVALID_GRANT"],
    ["device_flow_disabled", "UNAUTHORIZED_CLIENT"],
    ["incorrect_client_credentials", "INVALID_CLIENT"],
    ["unsupported_grant_type", "UNSUPPORTED_GRANT_TYPE"],
  ] as const)("GitHub's word %s means %s", async (error, code) => {
    const device = await client.fetchDeviceAuthorization();
    emulator.failNext({
      path: "/login/oauth/access_token",
      status: 200,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ error, error_description: "In GitHub's words." }),
    });
    await expect(wait(device)).rejects.toMatchObject({ code, error });
  });

  it("reports an app that may not use the device flow, and an unknown app", async () => {
    emulator.configure({ deviceFlow: false });
    await expect(client.fetchDeviceAuthorization()).rejects.toMatchObject({
      code: "UNAUTHORIZED_CLIENT",
      error: "device_flow_disabled",
    });
    const stranger = new GitHubClient({ clientId: "unknown", endpoints: emulator.endpoints });
    await expect(stranger.fetchDeviceAuthorization()).rejects.toMatchObject({
      code: "INVALID_CLIENT",
      error: "incorrect_client_credentials",
    });
  });

  it("reports a device code that GitHub did not issue, and one that was used", async () => {
    const device = await client.fetchDeviceAuthorization();
    await expect(wait({ ...device, deviceCode: "made-up" })).rejects.toMatchObject({
      code: "INVALID_GRANT",
      error: "incorrect_device_code",
    });
    await emulator.approveDevice(device.userCode);
    await wait(device);
    await expect(wait(device)).rejects.toMatchObject({ error: "incorrect_device_code" });
  });
});

describe("a device's token", () => {
  it("is refreshed without a secret", async () => {
    await emulator.close();
    await start({ expiringTokens: true });
    const device = await client.fetchDeviceAuthorization();
    await emulator.approveDevice(device.userCode);
    const session = client.session(await wait(device));
    clock.advance(28_800_000);
    emulator.clearRequests();
    expect((await session.get("/user")).status).toBe(200);
    const [refresh] = emulator.requests;
    expect(Object.keys(refresh?.body ?? {}).toSorted()).toEqual([
      "client_id",
      "grant_type",
      "refresh_token",
    ]);
  });
});
