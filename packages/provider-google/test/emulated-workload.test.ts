import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleExternalAccount, GoogleMetadataServer, type Token } from "@grantkit/provider-google";
import { FakeClock } from "@grantkit/provider-google/testing";

const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";
const CALENDARS = "/calendar/v3/users/me/calendarList";
const SERVICE = "https://reports-abc.a.run.app";

const clock = new FakeClock();
const folder = mkdtempSync(join(tmpdir(), "grantkit-workload-"));
const file = join(folder, "token");
let emulator: GoogleEmulator;
let robot: string;

beforeAll(async () => {
  emulator = await startGoogle({ now: () => clock.now() });
  robot = (await emulator.createServiceAccount()).client_email;
});
beforeEach(async () => {
  writeFileSync(file, await emulator.createSubjectToken());
  emulator.clearRequests();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await emulator.close();
});

const workload = (changes: object = {}, endpoints: object = emulator.endpoints) =>
  new GoogleExternalAccount({
    config: {
      type: "external_account",
      audience: emulator.workloadAudience,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${emulator.origin}/v1/token`,
      credential_source: { file },
      ...changes,
    },
    endpoints,
    clock,
    retries: false,
  });

const asRobot = () => ({
  service_account_impersonation_url: `${emulator.origin}/v1/projects/-/serviceAccounts/${robot}:generateAccessToken`,
});
const claimsOf = ({ accessToken }: Token): unknown =>
  JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
const paths = () => emulator.requests.map(({ path }) => path);

it("exchanges the token of a file at Google's token service, and calls an API", async () => {
  const session = workload().session({ scope: [CALENDAR] });
  expect((await session.get(CALENDARS)).data).toMatchObject({ items: expect.any(Array) });
  expect(paths()).toEqual(["/v1/token", CALENDARS]);
  expect(emulator.requests[0]?.body).toMatchObject({ scope: CALENDAR });
  clock.advance(3_600_000);
  writeFileSync(file, await emulator.createSubjectToken());
  expect((await session.get(CALENDARS)).status).toBe(200);
  expect(paths().filter((path) => path === "/v1/token")).toHaveLength(2);
});

it("acts as a service account, for an API and for a service that takes ID tokens", async () => {
  const account = workload(asRobot());
  const session = account.session({ scope: [CALENDAR] });
  expect((await session.get(CALENDARS)).status).toBe(200);
  const impersonation = `/v1/projects/-/serviceAccounts/${robot}`;
  expect(paths().slice(0, 2)).toEqual(["/v1/token", `${impersonation}:generateAccessToken`]);
  const idToken = await account.fetchIdToken({ targetAudience: SERVICE });
  expect(claimsOf(idToken)).toMatchObject({ aud: SERVICE, email: robot });
  expect(paths().at(-1)).toBe(`${impersonation}:generateIdToken`);
});

it("is refused by Google with a token that has ended, and for another pool", async () => {
  clock.advance(3_600_000);
  await expect(workload().fetchAccessToken({ scope: [CALENDAR] })).rejects.toMatchObject({
    code: "INVALID_GRANT",
  });
  const audience = "//iam.googleapis.com/projects/1/locations/global/another";
  await expect(
    workload({ audience }).fetchAccessToken({ scope: [CALENDAR] }),
  ).rejects.toMatchObject({ code: "INVALID_TARGET" });
  expect(paths()).toEqual(["/v1/token", "/v1/token"]);
});

it("is refused by Google for a service account that does not exist", async () => {
  const account = workload({
    service_account_impersonation_url: `${emulator.origin}/v1/projects/-/serviceAccounts/nobody@navy.example:generateAccessToken`,
  });
  await expect(account.fetchAccessToken({ scope: [CALENDAR] })).rejects.toMatchObject({
    code: "API_REQUEST_FAILED",
    status: 404,
  });
});

it("gets tokens of the metadata server, for an API and for a service that takes ID tokens", async () => {
  const { host } = new URL(emulator.origin);
  const { endpoints } = emulator;
  const machine = new GoogleMetadataServer({ host, endpoints, clock, retries: false });
  const session = machine.session({ scope: [CALENDAR] });
  expect((await session.get(CALENDARS)).status).toBe(200);
  clock.advance(3_600_000);
  expect((await session.get(CALENDARS)).status).toBe(200);
  const account = "/computeMetadata/v1/instance/service-accounts/default";
  expect(paths().filter((path) => path === `${account}/token`)).toHaveLength(2);
  const idToken = await machine.fetchIdToken({ targetAudience: SERVICE });
  expect(claimsOf(idToken)).toMatchObject({ aud: SERVICE });
  expect(await machine.fetchMetadata("project/project-id")).toBe("emulator");
});

it.each([
  [
    "Google's",
    { token_url: "https://sts.googleapis.com/v1/token" },
    /token_url must be of the origin/,
  ],
  [
    "another server's",
    { service_account_impersonation_url: "http://127.0.0.1:9/v1/x:generateAccessToken" },
    /service_account_impersonation_url must be of the origin of the option endpoints.token/,
  ],
])("refuses a file with %s URLs where endpoints replaces Google's", (_whose, changes, problem) => {
  expect(() => workload(changes)).toThrow(problem);
});

it("refuses a part of the emulator's endpoints: the rest would be Google's", () => {
  const { token, api } = emulator.endpoints;
  const ofGoogle = { token_url: "https://sts.googleapis.com/v1/token" };
  expect(() => workload({}, { token })).toThrow(/endpoints.api is missing/);
  expect(() => workload({}, { api })).toThrow(/token_url must be of Google's/);
  expect(() => workload(ofGoogle, { api })).toThrow(/endpoints.token is missing/);
  expect(() => workload(ofGoogle, { api, token: undefined })).toThrow(
    /endpoints.token is undefined/,
  );
  expect(() => workload(ofGoogle, null as never)).toThrow(/endpoints must be an object/);
  expect(() => workload(ofGoogle, {})).not.toThrow();
});
