import { expect, it } from "@jest/globals";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();

it("signs a user in on a device, and waits while the user decides", async () => {
  const client = microsoft.clientOf();
  const device = await client.fetchDeviceAuthorization();
  expect(device).toMatchObject({
    userCode: "FJC3FWNRM",
    verificationUri: "https://microsoft.com/devicelogin",
  });
  const pending: number[] = [];
  const waiting = client.fetchDeviceToken(device, {
    onPending: ({ expiresIn }) => {
      pending.push(expiresIn);
      microsoft.server.device = "approved";
      setImmediate(() => microsoft.clock.advance(10_000));
    },
  });
  setImmediate(() => microsoft.clock.advance(5000));
  await expect(waiting).resolves.toMatchObject({ claims: { name: "Ada Lovelace" } });
  expect(pending).toHaveLength(1);
});

it.each([
  ["declined", "ACCESS_DENIED"],
  ["expired", "DEVICE_CODE_EXPIRED"],
] as const)("says that the code was %s", async (decision, code) => {
  const client = microsoft.clientOf();
  const device = await client.fetchDeviceAuthorization();
  microsoft.server.device = decision;
  const waiting = client.fetchDeviceToken(device);
  setImmediate(() => microsoft.clock.advance(5000));
  await expect(waiting).rejects.toMatchObject({ code });
});
