import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import {
  type DevicePending,
  FacebookClient,
  type FacebookClientOptions,
} from "@grantkit/provider-facebook";

let now = Date.UTC(2026, 10, 21);
let emulator: FacebookEmulator;
/** Runs when the client waits. */
let meanwhile: () => unknown = () => undefined;

const clock = {
  now: () => now,
  after(milliseconds: number, callback: () => void, isWait = false) {
    let isCancelled = false;
    // The waits of the login have to keep the process alive; time limits do not.
    if (isWait) {
      now += milliseconds;
      void (async () => {
        await meanwhile();
        if (!isCancelled) callback();
      })();
    }
    return () => {
      isCancelled = true;
    };
  },
};

beforeAll(async () => {
  emulator = await startFacebook({ now: () => now, tokenLifetime: 3600 });
});
beforeEach(() => {
  emulator.clearRequests();
  meanwhile = () => undefined;
});
afterAll(() => emulator.close());

// A device has no secret.
function clientWith(options: Partial<FacebookClientOptions> = {}): FacebookClient {
  const { clientId, clientToken, endpoints } = emulator;
  return new FacebookClient({
    clientId,
    clientToken,
    endpoints,
    clock,
    retries: false,
    ...options,
  });
}

it("shows a code, waits for the user, and gets a token", async () => {
  const client = clientWith();
  const device = await client.fetchDeviceAuthorization({ scope: ["public_profile", "email"] });
  expect(device).toEqual({
    deviceCode: expect.any(String),
    userCode: expect.any(String),
    verificationUri: `${emulator.origin}/device`,
    expiresAt: new Date(now + 420_000),
    interval: 5,
    scope: ["public_profile", "email"],
  });
  expect(emulator.requests[0]).toMatchObject({
    method: "POST",
    path: "/v26.0/device/login",
    body: {
      access_token: `${emulator.clientId}|${emulator.clientToken}`,
      scope: "public_profile,email",
    },
  });
  let waits = 0;
  meanwhile = () => (waits += 1) === 3 && emulator.approveDevice(device.userCode);
  const pending: DevicePending[] = [];
  const stored = JSON.parse(JSON.stringify(device)) as typeof device;
  const token = await client.fetchDeviceToken(stored, {
    onPending: (poll) => void pending.push(poll),
  });
  expect(pending.map(({ reason, interval }) => [reason, interval])).toEqual([
    ["authorization_pending", 5],
    ["authorization_pending", 5],
  ]);
  expect(token.expiresAt).toEqual(new Date(now + 3_600_000));
  expect(token.scope).toEqual(["public_profile", "email"]);
  expect((await client.profile(token)).email).toBe("ada@lovelace.example");
  expect(inspect([client, token], { depth: 9 })).not.toContain(emulator.clientToken);
});

it("asks for the default permissions", async () => {
  const { scope } = await clientWith().fetchDeviceAuthorization();
  expect(scope).toEqual(["public_profile", "email"]);
});

it("polls more slowly when Facebook asks for it", async () => {
  const client = clientWith();
  const device = await client.fetchDeviceAuthorization();
  let waits = 0;
  meanwhile = () => (waits += 1) === 2 && emulator.approveDevice(device.userCode);
  const pending: DevicePending[] = [];
  emulator.failNext({
    path: "/device/login_status",
    status: 400,
    body: {
      error: {
        message: "User request limit reached",
        type: "OAuthException",
        code: 17,
        error_subcode: 1_349_172,
      },
    },
  });
  await client.fetchDeviceToken(device, { onPending: (poll) => void pending.push(poll) });
  expect(pending).toMatchObject([{ reason: "slow_down", interval: 10 }]);
});

it("goes on after a failure of Facebook's or of the network", async () => {
  const client = clientWith();
  const device = await client.fetchDeviceAuthorization();
  let waits = 0;
  meanwhile = () => (waits += 1) === 3 && emulator.approveDevice(device.userCode);
  emulator.failNext({ path: "/device/login_status", kind: "disconnect" });
  emulator.failNext({ path: "/device/login_status", status: 503, body: "" });
  const pending: DevicePending[] = [];
  await client.fetchDeviceToken(device, { onPending: (poll) => void pending.push(poll) });
  expect(pending.map(({ reason }) => reason)).toEqual(["unavailable", "unavailable"]);
});

it("throws when the user declines", async () => {
  const client = clientWith();
  const device = await client.fetchDeviceAuthorization();
  await emulator.approveDevice(device.userCode, { deny: true });
  const thrown: unknown = await client.fetchDeviceToken(device).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: "ACCESS_DENIED", details: { error_subcode: 1_349_245 } });
  expect(inspect(thrown, { depth: 9 })).not.toContain(device.deviceCode);
});

it("throws when the code has expired, by this clock or by Facebook's", async () => {
  const client = clientWith();
  const device = await client.fetchDeviceAuthorization();
  await expect(client.fetchDeviceToken(device)).rejects.toMatchObject({
    code: "DEVICE_CODE_EXPIRED",
  });
  const late = { ...device, expiresAt: new Date(now + 60_000) };
  await expect(client.fetchDeviceToken(late)).rejects.toMatchObject({
    code: "DEVICE_CODE_EXPIRED",
    details: { code: 463, error_subcode: 1_349_152 },
  });
});

it("ends when it is aborted, and throws for what is no device", async () => {
  const client = clientWith();
  const device = await client.fetchDeviceAuthorization();
  const signal = AbortSignal.abort();
  await expect(client.fetchDeviceToken(device, { signal })).rejects.toMatchObject({
    code: "ABORTED",
  });
  for (const wrong of [undefined, {}, { ...device, interval: "5" }]) {
    await expect(client.fetchDeviceToken(wrong as never)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
  }
});

describe("the client token", () => {
  it("is refused where it is wrong, and is not shown", async () => {
    const client = clientWith({ clientToken: "canary-client-token" });
    const thrown: unknown = await client.fetchDeviceAuthorization().catch((e: unknown) => e);
    expect(thrown).toMatchObject({ code: "TOKEN_REJECTED" });
    expect(inspect(thrown, { depth: 9 })).not.toContain("canary-client-token");
  });

  it("is needed", async () => {
    const { clientId, endpoints } = emulator;
    const client = new FacebookClient({ clientId, endpoints });
    await expect(client.fetchDeviceAuthorization()).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining("clientToken")],
    });
  });

  it.each(["", "1234|token", 7])("cannot be %j", (clientToken) => {
    expect(() => clientWith({ clientToken: clientToken as never })).toThrow("clientToken must");
  });
});

it.each([
  { scope: "email" },
  { scope: ["email,ads_read"] },
  { signal: "x" },
  { resource: "https://x.example" },
])("refuses the options %j", async (options) => {
  await expect(clientWith().fetchDeviceAuthorization(options as never)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
  expect(emulator.requests).toEqual([]);
});

it.each([
  {},
  { code: "c", user_code: "u", verification_uri: "javascript:alert(1)", expires_in: 420 },
  { code: "c", user_code: "u", verification_uri: "https://www.facebook.com/device" },
  { code: 7, user_code: null, verification_uri: "https://www.facebook.com/device", expires_in: 1 },
])("throws for the answer %j", async (body) => {
  emulator.failNext({ path: "/device/login", status: 200, body });
  await expect(clientWith().fetchDeviceAuthorization()).rejects.toMatchObject({
    code: "API_REQUEST_FAILED",
  });
});

it("polls every five seconds where Facebook names no interval", async () => {
  const body = { code: "c", user_code: "u", verification_uri: "https://www.facebook.com/device" };
  emulator.failNext({ path: "/device/login", status: 200, body: { ...body, expires_in: 420 } });
  expect(await clientWith().fetchDeviceAuthorization()).toMatchObject({ interval: 5 });
});
