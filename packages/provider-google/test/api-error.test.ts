import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleClient, googleApiError, type Session } from "@grantkit/provider-google";

const CALENDARS = "/calendar/v3/users/me/calendarList";

let emulator: GoogleEmulator;
let session: Session;

beforeAll(async () => {
  emulator = await startGoogle();
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  const client = new GoogleClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri,
    retries: false,
  });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  session = client.session(token);
});
afterAll(() => emulator.close());

const thrown = () => session.get(CALENDARS).catch((error: unknown) => error);

it.each([
  ["api-unauthenticated", { problem: "UNAUTHENTICATED", code: 401, status: "UNAUTHENTICATED" }],
  [
    "api-insufficient-scope",
    { problem: "INSUFFICIENT_SCOPE", code: 403, reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" },
  ],
  [
    "api-rate-limit",
    {
      problem: "RATE_LIMITED",
      code: 429,
      status: "RESOURCE_EXHAUSTED",
      reason: "RATE_LIMIT_EXCEEDED",
      metadata: { quota_limit: "defaultPerMinutePerProject", consumer: "projects/1" },
      retryable: true,
    },
  ],
  ["api-user-rate-limit", { problem: "RATE_LIMITED", code: 403, retryable: true }],
  ["api-quota", { problem: "QUOTA_EXCEEDED", code: 403, retryable: false }],
  [
    "api-disabled",
    {
      problem: "API_DISABLED",
      code: 403,
      reason: "SERVICE_DISABLED",
      metadata: { service: "calendar-json.googleapis.com", consumer: "projects/1" },
    },
  ],
  ["api-backend-error", { problem: "UNAVAILABLE", code: 503, retryable: true }],
] as const)("reads the emulator's %s", async (failure, expected) => {
  emulator.failNext(failure);
  expect(googleApiError(await thrown())).toMatchObject(expected);
});

it("reads the body of a response of fetch", async () => {
  const response = await session.fetch(CALENDARS);
  expect(response.status).toBe(403);
  expect(googleApiError(await response.json())).toMatchObject({
    problem: "INSUFFICIENT_SCOPE",
    message: expect.any(String),
  });
});

it.each<[object, object]>([
  [
    {
      code: 429,
      message: "slow",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "30.5s" }],
    },
    { problem: "RATE_LIMITED", retryAfter: 30.5, status: undefined, reason: undefined },
  ],
  [
    { code: 403, message: "no" },
    { problem: "PERMISSION_DENIED", retryable: false, metadata: {} },
  ],
  [{ code: 404, message: "gone", status: "NOT_FOUND" }, { problem: "REQUEST_REFUSED" }],
  [
    { code: 500, message: "oops" },
    { problem: "UNAVAILABLE", retryable: true },
  ],
  [
    { code: 403, message: "no", errors: [{ reason: "dailyLimitExceeded", domain: "usageLimits" }] },
    { problem: "QUOTA_EXCEEDED", reason: "dailyLimitExceeded", domain: "usageLimits" },
  ],
  [
    { code: 401, message: "no", details: "x", errors: [null, 7] },
    { problem: "UNAUTHENTICATED", retryAfter: undefined },
  ],
])("reads %j", (error, expected) => {
  expect(googleApiError({ error })).toMatchObject(expected);
  expect(googleApiError([{ error }])).toMatchObject(expected);
});

it.each([
  undefined,
  null,
  "<html>",
  {},
  [],
  new Error("network"),
  { error: "invalid_request" },
  { error: { code: "x", message: "y" } },
  { error: { code: 400 } },
])("is no error of an API: %p", (value) => {
  expect(googleApiError(value)).toBeUndefined();
});
