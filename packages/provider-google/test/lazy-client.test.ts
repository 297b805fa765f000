import { expect, it } from "@jest/globals";
import { type ServiceAccountKey, startGoogle } from "@grantkit/emulator";
import { GoogleClient, GoogleServiceAccount } from "@grantkit/provider-google";
import { describeLazyClient } from "../../core/test/support/provider-lazy-client.ts";

describeLazyClient("Google", startGoogle, (options) => new GoogleClient(options));

it("a service account whose options are a function needs its key at its first use only", async () => {
  const emulator = await startGoogle();
  let key: ServiceAccountKey | undefined;
  const robot = new GoogleServiceAccount(() => ({
    key,
    endpoints: emulator.endpoints,
  }));
  const scope = ["https://www.googleapis.com/auth/calendar.readonly"];
  expect(() => robot.session({ scope })).toThrow("key is missing");
  await expect(robot.fetchServiceAccountToken({ scope })).rejects.toThrow("key is missing");
  key = await emulator.createServiceAccount();
  const { data } = await robot.session({ scope }).get("/calendar/v3/users/me/calendarList");
  expect(data).toMatchObject({ items: [{ id: "robot" }, {}] });
  await emulator.close();
});
