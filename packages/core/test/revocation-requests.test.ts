import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { RevocationApi } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { thrown } from "./support/thrown.ts";

let example: ExampleProvider;

beforeAll(async () => {
  example = await ExampleProvider.start();
});
beforeEach(() => void (example.server.requests.length = 0));
afterAll(() => example.close());

type Method = Exclude<keyof RevocationApi, "clientId">;

/** Revokes by a definition whose function sends this request. */
const revoked = (request: unknown, method: Method = "withToken") =>
  thrown(
    example
      .client(
        {},
        {
          revoke: async (api) => {
            await api[method](request as never);
          },
        },
      )
      .revokeToken("at-first-0001"),
  );

const POST = { method: "POST", url: "/revoke" };
const AS_FIELDS = { ...POST, credentials: { id: "key", secret: "password" } };

describe("a request of a definition's revoke function is refused, and nothing is sent:", () => {
  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /options must be an object/],
    ["null", null, /options must be an object/],
    ["no method", { url: "/revoke" }, /method is missing/],
    ["another method", { ...POST, method: "TRACE" }, /method must be/],
    ["no URL", { method: "POST" }, /url must be/],
    ["the body of fetch", { ...POST, body: "token=1" }, /body is not an option/],
    ["two bodies", { ...POST, form: {}, json: {} }, /json and form exclude each other/],
    ["a body with GET", { method: "GET", url: "/revoke", form: { a: "b" } }, /must not be GET/],
    ["a field that is no text", { ...POST, form: { a: undefined } }, /form must be an object of/],
    ["a text for JSON", { ...POST, json: "{}" }, /json must be an object/],
    ["a status for isGone", { ...POST, isGone: 404 }, /isGone must be a function/],
    ["credentials with the token", { ...POST, credentials: "basic" }, /credentials is not/],
  ])("%s", async (_name, request, problem) => {
    const error = await revoked(request);
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(problem);
    expect(example.server.requests).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown place", { ...POST, credentials: "post" }, /credentials must be/],
    ["one name", { ...POST, credentials: { id: "key" } }, /credentials must be/],
    [
      "one name for both",
      { ...POST, credentials: { id: "k", secret: "k" } },
      /credentials must be/,
    ],
    ["fields with GET", { ...AS_FIELDS, method: "GET" }, /must not be GET/],
    ["fields of a list", { ...AS_FIELDS, json: [] }, /json must be an object/],
    ["a field twice", { ...AS_FIELDS, form: { password: "mine" } }, /form\.password is set by/],
  ])("credentials in %s", async (_name, request, problem) => {
    const error = await revoked(request, "withClient");
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toMatch(problem);
    expect(example.server.requests).toEqual([]);
  });
});
