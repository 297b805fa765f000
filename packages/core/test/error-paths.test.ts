import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { defineProvider, type OAuthError, type ProviderDefinition } from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;

beforeAll(async () => {
  example = await ExampleProvider.start();
});
afterAll(() => example.close());

async function errorOf(body: object, definition: Partial<ProviderDefinition>): Promise<OAuthError> {
  example.api = () => ({ body });
  const token = example.grant({ accessToken: "at-user-0001" });
  return (await rejectionOf(example.client({}, definition).userInfo(token))) as OAuthError;
}

it("reads the fields that readError names, numbers too, from an answer with status 200 (WeChat)", async () => {
  const error = await errorOf(
    { errcode: 40029, errmsg: "code is bad" },
    { readError: { error: "errcode", errorDescription: "errmsg" } },
  );
  expect(error).toMatchObject({
    code: "USER_INFO_INVALID",
    error: "40029",
    errorDescription: "code is bad",
  });
});

it("reads an item of a list (Strava)", async () => {
  const body = { message: "Bad Request", errors: [{ resource: "RefreshToken" }] };
  const error = await errorOf(body, { readError: { error: "errors.0.resource" } });
  expect(error).toMatchObject({ error: "RefreshToken", errorDescription: undefined });
});

it("keeps 4000 characters of a detail, which programs read, and 500 of an explanation", async () => {
  const text = "x".repeat(5000);
  const readError = () => ({ error: "odd", errorDescription: text, details: { claims: text } });
  const { errorDescription, details } = await errorOf({}, { readError });
  expect(errorDescription).toBe(`${"x".repeat(500)}…`);
  expect(details).toMatchObject({ claims: `${"x".repeat(4000)}…` });
});

it.each([{ errcode: 0 }, { errcode: "0" }, { errcode: "" }, {}])(
  "counts %j as no error",
  async (status) => {
    example.api = () => ({ body: { id: "7", ...status } });
    const token = example.grant({ accessToken: "at-user-0001" });
    const client = example.client({}, { readError: { error: "errcode" } });
    await expect(client.userInfo(token)).resolves.toMatchObject({ id: "7" });
  },
);

it.each([
  [{ errorDescription: "errmsg" }, "readError.error must"],
  [{ error: "errcode", error_description: "errmsg" }, "readError.error_description is not"],
  ["errcode", "readError must be"],
])("is refused when it is %j", (readError, sentence) => {
  const definition = { name: "example", endpoints: { token: "https://id.example.com/t" } };
  expect(() => defineProvider({ ...definition, readError } as ProviderDefinition)).toThrow(
    sentence,
  );
});
