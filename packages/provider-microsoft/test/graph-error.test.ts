import { expect, it } from "@jest/globals";
import { graphError, type OAuth2Session } from "@grantkit/provider-microsoft";
import { microsoftForEach } from "./support/client.ts";
import type { Answer } from "./support/microsoft-server.ts";

const microsoft = microsoftForEach();

async function thrownBy(answer: Answer, retries: false | number = false): Promise<unknown> {
  const client = microsoft.clientOf();
  const session: OAuth2Session = client.session(await microsoft.signIn(client));
  microsoft.server.answers.set("/v1.0/me", () => answer);
  return session.get("/me", { retries }).catch((error: unknown) => error);
}

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
  const error = { code: "TooManyRequests", message: "", innerError: {} };
  const answer = { status: 429, headers: { "retry-after": "7" }, body: { error } };
  expect(graphError(await thrownBy(answer))).toMatchObject({
    status: 429,
    code: "TooManyRequests",
    retryAfter: 7,
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
  const error = { code: "Forbidden", message: "No.", innerError: { "request-id": "r-2" } };
  microsoft.server.answers.set("/v1.0/me", () => ({ status: 403, body: { error } }));
  await expect(client.profile(token)).rejects.toMatchObject({
    status: 403,
    error: "Forbidden",
    details: { requestId: "r-2" },
  });
});
