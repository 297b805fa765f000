import { expect, it } from "@jest/globals";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();

it("signs a user in on a device, and waits while the user decides", async () => {
  const client = microsoft.clientOf();
  const device = await client.fetchDeviceAuthorization();
  expect(device).toMatchObject({
    userCode: expect.stringMatching(/^\w{9}$/),
    verificationUri: `${microsoft.server.origin}/common/oauth2/deviceauth`,
  });
  const pending: number[] = [];
  const waiting = client.fetchDeviceToken(device, {
    onPending: ({ expiresIn }) => {
      pending.push(expiresIn);
      void microsoft.server
        .approveDevice(device.userCode)
        .then(() => microsoft.clock.advance(10_000));
    },
  });
  setImmediate(() => microsoft.clock.advance(5000));
  await expect(waiting).resolves.toMatchObject({ claims: { name: "Ada Lovelace" } });
  expect(pending).toHaveLength(1);
});

it("says that the user declined", async () => {
  const client = microsoft.clientOf();
  const device = await client.fetchDeviceAuthorization();
  await microsoft.server.approveDevice(device.userCode, { deny: true });
  const waiting = client.fetchDeviceToken(device);
  setImmediate(() => microsoft.clock.advance(5000));
  await expect(waiting).rejects.toMatchObject({
    code: "ACCESS_DENIED",
    error: "authorization_declined",
  });
});

it("says that the code has expired", async () => {
  const client = microsoft.clientOf();
  const device = await client.fetchDeviceAuthorization();
  const waiting = client.fetchDeviceToken(device);
  setImmediate(() => microsoft.clock.advance(901_000));
  await expect(waiting).rejects.toMatchObject({ code: "DEVICE_CODE_EXPIRED" });
});
