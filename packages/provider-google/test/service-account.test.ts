import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type GoogleEmulator, type ServiceAccountKey, startGoogle } from "@grantkit/emulator";
import { GoogleServiceAccount, type GoogleServiceAccountOptions } from "@grantkit/provider-google";

const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";

let now = Date.UTC(2026, 10, 21);
let emulator: GoogleEmulator;
let key: ServiceAccountKey;

beforeAll(async () => {
  emulator = await startGoogle({ now: () => now });
  key = await emulator.createServiceAccount();
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

function robot(options: Partial<GoogleServiceAccountOptions> = {}): GoogleServiceAccount {
  const { endpoints } = emulator;
  const clock = { now: () => now, after: () => () => undefined };
  return new GoogleServiceAccount({ key, endpoints, clock, ...options });
}

const lastForm = () => emulator.requests.at(-1)?.body ?? {};

it("calls an API without a user", async () => {
  const account = robot();
  const token = await account.fetchServiceAccountToken({ scope: [CALENDAR] });
  expect(token.expiresAt).toEqual(new Date(now + 3_599_000));
  expect(token.scope).toEqual([CALENDAR]);
  expect(token.refreshToken).toBeUndefined();
  const { data } = await account.session(token).get("/calendar/v3/users/me/calendarList");
  expect(data).toMatchObject({ items: [{ id: "robot" }, {}] });
});

it("sends its identity in the assertion, and nowhere else", async () => {
  await robot().fetchServiceAccountToken({ scope: [CALENDAR] });
  const form = lastForm();
  expect(Object.keys(form).toSorted()).toEqual(["assertion", "grant_type"]);
  const [header, claims] = String(form["assertion"])
    .split(".", 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object);
  expect(header).toEqual({ alg: "RS256", typ: "JWT", kid: key.private_key_id });
  expect(claims).toEqual({
    iss: key.client_email,
    aud: emulator.endpoints.token,
    scope: CALENDAR,
    iat: now / 1000,
    exp: now / 1000 + 300,
    jti: expect.any(String),
  });
});

it("acts for a user where an administrator has delegated that", async () => {
  const account = robot();
  const subject = "grace@navy.example";
  const token = await account.fetchServiceAccountToken({ scope: [CALENDAR], subject });
  const { data } = await account.session(token).get("/calendar/v3/users/me/calendarList");
  expect(data).toMatchObject({ items: [{ id: subject }, {}] });
  await expect(
    account.fetchServiceAccountToken({ scope: [CALENDAR], subject: "nobody@navy.example" }),
  ).rejects.toMatchObject({
    code: "INVALID_GRANT",
    errorDescription: "Invalid email or User ID",
  });
});

it("throws TOKEN_EXPIRED for an expired token, and fetches another", async () => {
  const account = robot();
  const token = await account.fetchServiceAccountToken({ scope: [CALENDAR] });
  const path = "/calendar/v3/users/me/calendarList";
  now += 3_599_000;
  await expect(account.session(token).get(path)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  const next = await account.fetchServiceAccountToken({ scope: [CALENDAR] });
  expect((await account.session(next).get(path)).status).toBe(200);
});

const LIST = "/calendar/v3/users/me/calendarList";
const tokenRequests = () => emulator.requests.filter(({ path }) => path === "/token");

it("opens a session that gets its own tokens: one for all requests that wait, and the next when it expires", async () => {
  const account = robot();
  const session = account.session({ scope: [CALENDAR] });
  expect(session.authorized).toBe(true);
  expect(() => session.token).toThrow(expect.objectContaining({ code: "TOKEN_NOT_FOUND" }));
  expect(emulator.requests).toHaveLength(0);
  const all = await Promise.all(Array.from({ length: 50 }, () => session.get(LIST)));
  expect(all.every(({ status }) => status === 200)).toBe(true);
  expect(session.token.scope).toEqual([CALENDAR]);
  expect(tokenRequests()).toHaveLength(1);
  now += 3_599_000;
  expect((await session.fetch(LIST)).status).toBe(200);
  expect(tokenRequests()).toHaveLength(2);
  // As a server may do it, for each request that it serves.
  const again = account.session({ scope: [CALENDAR] });
  expect((await again.get(LIST)).status).toBe(200);
  expect(again.token).toBe(session.token);
  expect(tokenRequests()).toHaveLength(2);
});

it("opens a session for the scope as it is then, whatever becomes of the list", async () => {
  const account = robot();
  const scope = [CALENDAR];
  const session = account.session({ scope });
  scope.push("https://www.googleapis.com/auth/drive");
  await session.get(LIST);
  expect(session.token.scope).toEqual([CALENDAR]);
});

it("opens a session for a user, with a token of its own", async () => {
  const account = robot();
  const own = account.session({ scope: [CALENDAR] });
  const grace = account.session({ scope: [CALENDAR], subject: "grace@navy.example" });
  expect((await own.get(LIST)).data).toMatchObject({ items: [{ id: "robot" }, {}] });
  expect((await grace.get(LIST)).data).toMatchObject({
    items: [{ id: "grace@navy.example" }, {}],
  });
  const nobody = account.session({ scope: [CALENDAR], subject: "nobody@navy.example" });
  await expect(nobody.get(LIST)).rejects.toMatchObject({
    code: "INVALID_GRANT",
    errorDescription: "Invalid email or User ID",
  });
});

it("gets another token after a 401", async () => {
  const session = robot().session({ scope: [CALENDAR] });
  await session.get(LIST);
  const first = session.token;
  emulator.failNext({ path: LIST, status: 401 });
  expect((await session.get(LIST)).status).toBe(200);
  expect(session.token).not.toBe(first);
  expect(tokenRequests()).toHaveLength(2);
});

it("checks a session's options when it is opened", () => {
  const account = robot();
  for (const [options, problem] of [
    [undefined, /session\(\).*scope is missing/s],
    [{}, /session\(\).*scope is missing/s],
    [{ scope: [] }, /session\(\).*scope is missing/s],
    [{ scope: CALENDAR }, /scope must be an array/],
    [{ scope: [CALENDAR], subject: 5 }, /subject must be the e-mail address/],
    [{ scope: [CALENDAR], subject: "" }, /subject must be the e-mail address/],
    [{ scope: [CALENDAR], leeway: -1 }, /leeway must/],
    [{ scope: [CALENDAR], refresh: "auto" }, /refresh is not an option/],
  ] as const) {
    expect(() => account.session(options as never)).toThrow(problem);
  }
  expect(emulator.requests).toHaveLength(0);
});

it.each([
  [{ scope: [CALENDAR], subject: 5 }, "subject must be the e-mail address"],
  [{ scope: [CALENDAR], subject: "" }, "subject must be the e-mail address"],
  [{ scope: [CALENDAR], signal: 5 }, "signal must be an AbortSignal"],
  [{ scopes: [CALENDAR] }, "scopes is not an option"],
])("fetches no token with %j", async (options, problem) => {
  await expect(robot().fetchServiceAccountToken(options as never)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    provider: "google",
    message: expect.stringContaining(problem),
  });
  expect(emulator.requests).toEqual([]);
});

it("reports another account's key, an unknown scope and a wrong clock", async () => {
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const pem = stranger.export({ type: "pkcs8", format: "pem" }).toString();
  await expect(
    robot({ key: { ...key, private_key: pem } }).fetchServiceAccountToken({ scope: [CALENDAR] }),
  ).rejects.toMatchObject({ code: "INVALID_GRANT", errorDescription: "Invalid JWT Signature." });
  await expect(robot().fetchServiceAccountToken({ scope: ["made-up"] })).rejects.toMatchObject({
    code: "INVALID_SCOPE",
  });
  const late = { now: () => now - 3_600_000, after: () => () => undefined };
  await expect(
    robot({ clock: late }).fetchServiceAccountToken({ scope: [CALENDAR] }),
  ).rejects.toMatchObject({ code: "INVALID_GRANT" });
});

it.each([
  [{}, /client_email and private_key/],
  [{ key: undefined }, /client_email and private_key/],
  [{ key: { client_email: "robot@example.com", private_key: "" } }, /client_email and private_key/],
  [{ key: { type: "authorized_user", client_id: "x" } }, /another kind of credential/],
] as const)("is not made of %j", (options, problem) => {
  expect(() => new GoogleServiceAccount(options as never)).toThrow(problem);
});

it("sends nothing without a scope or with a key that cannot be read", async () => {
  await expect(robot().fetchServiceAccountToken({ scope: [] })).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
  await expect(
    robot({ key: { ...key, private_key: "not a key" } }).fetchServiceAccountToken({
      scope: [CALENDAR],
    }),
  ).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  expect(emulator.requests).toHaveLength(0);
});

it("does not show its key when it is printed", async () => {
  const account = robot();
  const [secret = ""] = key.private_key.split("\n").slice(1);
  expect(inspect(account, { depth: 9, showHidden: true })).not.toContain(secret);
  expect(JSON.stringify(account)).not.toContain(secret);
});
