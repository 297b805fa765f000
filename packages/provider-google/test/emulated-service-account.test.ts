import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleServiceAccount } from "@grantkit/provider-google";

const CALENDARS = "/calendar/v3/users/me/calendarList";
const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";

let emulator: GoogleEmulator;
let robot: GoogleServiceAccount;
let service: Server;
let bearer: string | undefined;

beforeAll(async () => {
  emulator = await startGoogle();
  const key = await emulator.createServiceAccount();
  robot = new GoogleServiceAccount({ key, endpoints: emulator.endpoints });
  service = createServer((request, response) => {
    bearer = request.headers.authorization;
    response.end("{}");
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => service.close(resolve));
  await emulator.close();
});

it("calls an API with a JWT that it signed itself, for scopes or for that API", async () => {
  emulator.clearRequests();
  for (const what of [
    { scope: [CALENDAR] },
    { audience: "https://calendar.googleapis.com/" },
  ] as const) {
    const { data } = await robot.selfSignedSession(what).get(CALENDARS);
    expect(data).toMatchObject({ items: [{ id: "robot" }, {}] });
  }
  expect(emulator.requests.map(({ path }) => path)).toEqual([CALENDARS, CALENDARS]);
  const other = robot.selfSignedSession({ audience: "https://pubsub.googleapis.com/" });
  await expect(other.get(CALENDARS)).rejects.toMatchObject({ status: 401 });
});

it("calls a service with an ID token that Google issued for it", async () => {
  const targetAudience = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const session = robot.idTokenSession({ targetAudience });
  expect((await session.get(`${targetAudience}/daily`)).status).toBe(200);
  const [, claims = ""] = (bearer ?? "").replace("Bearer ", "").split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    aud: targetAudience,
    iss: emulator.origin,
    email: expect.stringContaining("iam.gserviceaccount.com"),
  });
});

it("says that no administrator has delegated the account's acting for users", async () => {
  emulator.configure({ domainWideDelegation: false });
  await expect(
    robot.fetchServiceAccountToken({ scope: [CALENDAR], subject: "grace@navy.example" }),
  ).rejects.toMatchObject({ code: "UNAUTHORIZED_CLIENT", status: 401 });
});
