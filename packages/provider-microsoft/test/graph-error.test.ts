import { expect, it } from "@jest/globals";
import { graphError } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";
import type { CustomFailure } from "@grantkit/emulator";

const microsoft = microsoftForEach();

/** What a session throws for an error that the emulator does not have. */
async function thrownBy(answer: CustomFailure): Promise<unknown> {
  const client = microsoft.clientOf();
  const session = client.session(await microsoft.signIn(client));
  microsoft.server.failNext({ path: "/v1.0/me", ...answer });
  return session.get("/me", { retries: false }).catch((error: unknown) => error);
}

it("reads an error of Microsoft Graph", async () => {
  const client = microsoft.clientOf();
  const session = client.session(await microsoft.signIn(client));
  const error: unknown = await session.get("/nowhere").catch((reason: unknown) => reason);
  expect(graphError(error)).toEqual({
    status: 400,
    code: "BadRequest",
    message: "Resource not found for the segment 'nowhere'. The emulator does not serve this path.",
    requestId: expect.any(String),
    clientRequestId: expect.any(String),
    date: "2026-01-15T12:00:00",
  });
});

it("reads the error that Microsoft Graph documents", async () => {
  const innerError = {
    code: "requestBroken",
    innerError: { code: "inner-most" },
    date: "2026-01-15T12:00:00",
    "request-id": "r-1",
    "client-request-id": "c-1",
  };
  const error = {
    code: "badRequest",
    message: "Uploaded fragment overlaps.",
    target: "x",
    innerError,
  };
  expect(graphError(await thrownBy({ status: 400, body: { error } }))).toEqual({
    status: 400,
    code: "badRequest",
    innerCode: "inner-most",
    message: "Uploaded fragment overlaps.",
    target: "x",
    requestId: "r-1",
    clientRequestId: "c-1",
    date: "2026-01-15T12:00:00",
  });
});

it("has the seconds that a throttled app has to wait", async () => {
  const client = microsoft.clientOf();
  const session = client.session(await microsoft.signIn(client));
  microsoft.server.failNext("api-throttled");
  const error: unknown = await session
    .get("/me", { retries: false })
    .catch((reason: unknown) => reason);
  expect(graphError(error)).toMatchObject({
    status: 429,
    code: "TooManyRequests",
    retryAfter: 10,
  });
});

it.each<[string, object]>([
  ["no error", { value: [] }],
  ["an error in another format", { error: "invalid_request" }],
  ["an error without a code", { error: { message: "x" } }],
  ["an error whose code is a number", { error: { code: 7 } }],
  ["a list", [1]],
])("reads nothing from %s", async (_name, body) => {
  expect(graphError(await thrownBy({ status: 400, body }))).toBeUndefined();
});

it("reads nothing from an error of another kind", () => {
  expect([new Error("x"), undefined, null, "x", {}].map((each) => graphError(each))).toEqual(
    Array.from({ length: 5 }),
  );
});

it("names Microsoft Graph's code and request in the error of profile()", async () => {
  const client = microsoft.clientOf({ profileId: "oid" });
  const token = await microsoft.signIn(client, ["User.Read"]);
  microsoft.server.failNext("api-forbidden");
  await expect(client.profile(token)).rejects.toMatchObject({
    status: 403,
    error: "Authorization_RequestDenied",
    details: { requestId: expect.any(String) },
  });
});
