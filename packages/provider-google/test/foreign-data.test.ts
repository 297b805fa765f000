import { expect, it } from "@jest/globals";
import { google } from "@grantkit/provider-google";

const provider = google();

it("reads the valid fields of a profile, and leaves the others out", () => {
  expect(
    provider.profile({ sub: "1", email: 7, email_verified: "yes", name: null, picture: [] }),
  ).toEqual({
    id: "1",
    emailAuthoritative: false,
    raw: expect.anything(),
  });
  expect(provider.profile({ sub: 7 }).id).toBe("");
});

it.each([
  [{ error: { status: "NOT_FOUND", message: "gone", code: 404, details: [null, "x", {}] } }, 404],
  [{ error: { status: "NOT_FOUND", message: "gone", code: 404, details: "x" } }, 404],
])("reads an API's error from %j", (body, code) => {
  expect(provider.readError?.(body)).toMatchObject({
    error: "NOT_FOUND",
    errorDescription: "gone",
    details: { code },
  });
});

it.each([{}, { error: "invalid_grant" }, { error: null }, { data: 1 }])(
  "no error of an API is read from %j",
  (body) => expect(provider.readError?.(body)).toBeUndefined(),
);
