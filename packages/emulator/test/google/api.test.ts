import { expect, it } from "@jest/globals";
import { startGoogle } from "../../src/index.ts";
import type { GoogleEmulator, GoogleFailure } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();
const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";

interface ApiErrorBody {
  readonly error: {
    readonly code: number;
    readonly status: string;
    readonly errors: readonly { readonly reason: string }[];
    readonly details: readonly { readonly reason: string }[];
  };
}

const accessToken = async (google: GoogleEmulator, scope: string): Promise<string> => {
  const callback = await google.authorize(authorizationUrl(google, { scope }));
  return String((await json(exchange(google, callback)))["access_token"]);
};

const calendars = (google: GoogleEmulator): string =>
  `${google.endpoints.api}/calendar/v3/users/me/calendarList`;

it("lists calendars for tokens with the scope, and answers others with an AIP-193 error", async () => {
  const google = await running(startGoogle());
  expect((await get(calendars(google), await accessToken(google, CALENDAR))).status).toBe(200);
  const refused = await get(calendars(google), await accessToken(google, "openid"));
  expect(refused.status).toBe(403);
  const { error } = await json<ApiErrorBody>(refused);
  expect(error).toMatchObject({ code: 403, status: "PERMISSION_DENIED" });
  expect(error.details[0]?.reason).toBe("ACCESS_TOKEN_SCOPE_INSUFFICIENT");
  expect(error.errors[0]?.reason).toBe("insufficientPermissions");
});

it.each([
  ["/drive/v3/files", "drive.readonly", { files: [{ name: "Notes of ada.lovelace@gmail.com" }] }],
  ["/gmail/v1/users/me/profile", "gmail.metadata", { emailAddress: "ada.lovelace@gmail.com" }],
  ["/v1/projects/navy/topics", "pubsub", { topics: [{ name: "projects/navy/topics/events" }] }],
])("serves %s for tokens with the scope", async (path, name, body) => {
  const google = await running(startGoogle());
  const scope = `https://www.googleapis.com/auth/${name}`;
  const url = google.endpoints.api + path;
  expect(await json(get(url, await accessToken(google, scope)))).toMatchObject(body);
  expect((await get(url, await accessToken(google, CALENDAR))).status).toBe(403);
  expect((await get(url, "wrong")).status).toBe(401);
});

it("says that it does not serve a path, in the shape of Google's API errors", async () => {
  const google = await running(startGoogle());
  const reply = await get(
    `${google.endpoints.api}/tasks/v1/lists`,
    await accessToken(google, CALENDAR),
  );
  expect([reply.status, await json(reply)]).toMatchObject([
    404,
    {
      error: {
        code: 404,
        status: "NOT_FOUND",
        message: "Requested entity was not found. The emulator does not serve this path.",
      },
    },
  ]);
});

it("answers an invalid token with 401 and a challenge, userinfo with an OAuth error", async () => {
  const google = await running(startGoogle());
  const refused = await get(calendars(google), "wrong");
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toContain('error="invalid_token"');
  expect((await json<ApiErrorBody>(refused)).error.status).toBe("UNAUTHENTICATED");
  const userInfo = await get(google.endpoints.userInfo, "wrong");
  expect([userInfo.status, await json(userInfo)]).toEqual([
    401,
    { error: "invalid_request", error_description: "Invalid Credentials" },
  ]);
});

it("accepts the token in the query if the switch allows it", async () => {
  const google = await running(startGoogle());
  const url = `${calendars(google)}?access_token=${await accessToken(google, CALENDAR)}`;
  expect((await fetch(url)).status).toBe(200);
  google.configure({ queryTokens: false });
  expect((await fetch(url)).status).toBe(401);
});

it.each<[GoogleFailure, number, string, string]>([
  ["api-unauthenticated", 401, "UNAUTHENTICATED", "authError"],
  ["api-insufficient-scope", 403, "PERMISSION_DENIED", "insufficientPermissions"],
  ["api-rate-limit", 429, "RESOURCE_EXHAUSTED", "rateLimitExceeded"],
  ["api-user-rate-limit", 403, "RESOURCE_EXHAUSTED", "userRateLimitExceeded"],
  ["api-quota", 403, "RESOURCE_EXHAUSTED", "quotaExceeded"],
  ["api-disabled", 403, "PERMISSION_DENIED", "accessNotConfigured"],
  ["api-backend-error", 503, "UNAVAILABLE", "backendError"],
])("fails on demand: %s", async (failure, status, name, reason) => {
  const google = await running(startGoogle());
  const token = await accessToken(google, CALENDAR);
  google.failNext(failure);
  const failed = await get(calendars(google), token);
  const { error } = await json<ApiErrorBody>(failed);
  expect([failed.status, error.code, error.status]).toEqual([status, status, name]);
  expect(error.errors[0]?.reason).toBe(reason);
  expect(failed.headers.has("retry-after")).toBe(false);
  expect((await get(calendars(google), token)).status).toBe(200);
});

it("sends numbers and booleans as strings in tokeninfo", async () => {
  const clock = testClock();
  const google = await running(startGoogle({ now: clock.now }));
  const callback = await google.authorize(authorizationUrl(google, { scope: "openid email" }));
  const tokens = await json(exchange(google, callback));
  const url = `${google.origin}/tokeninfo`;
  clock.pass(100);
  const info = await json(fetch(`${url}?access_token=${String(tokens["access_token"])}`));
  expect(info).toMatchObject({
    aud: google.clientId,
    expires_in: "3499",
    exp: String(clock.now() / 1000 + 3499),
    email_verified: "true",
    access_type: "online",
  });
  const byHeader = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${String(tokens["access_token"])}` },
  });
  expect(await json(byHeader)).toEqual(info);
  const ofIdToken = await json(fetch(`${url}?id_token=${String(tokens["id_token"])}`));
  expect(ofIdToken).toMatchObject({ alg: "RS256", email_verified: "true" });
  expect(ofIdToken["exp"]).toMatch(/^\d+$/);
  const wrong = await fetch(`${url}?access_token=wrong`);
  expect([wrong.status, await json(wrong)]).toEqual([
    400,
    { error: "invalid_token", error_description: "Invalid Value" },
  ]);
});
