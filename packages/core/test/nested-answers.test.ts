import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;

beforeAll(async () => {
  example = await ExampleProvider.start();
});
afterAll(() => example.close());

const session = () => example.client().session(example.grant({ accessToken: "at-good" }));

describe("user info", () => {
  it.each([34, 500_000])("that is nested %d levels deep is refused", async (levels) => {
    const body = `{"sub":"1","a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    example.api = () => ({ body, headers: { "content-type": "application/json" } });
    for (const call of [() => session().userInfo(), () => session().profile()]) {
      expect(await rejectionOf(call())).toMatchObject({ code: "USER_INFO_INVALID" });
    }
  });

  it("that is nested less deeply is returned as it is, and a __proto__ field changes no prototype", async () => {
    const body = '{"id":"1","__proto__":{"admin":true},"a":[[[1]]]}';
    example.api = () => ({ body, headers: { "content-type": "application/json" } });
    const info = await session().userInfo();
    expect(info).toMatchObject({ id: "1", a: [[[1]]] });
    expect(info["admin"]).toBeUndefined();
    expect((await session().profile()).raw["admin"]).toBeUndefined();
  });
});

it("a token response that is nested two million levels deep is refused", async () => {
  const deep = "[".repeat(2_000_000);
  example.token = () => ({
    headers: { "content-type": "application/json" },
    body: `{"access_token":"${CANARY.accessToken}","deep":${deep}`,
  });
  const stored = { accessToken: "at-deep-0001", refreshToken: CANARY.refreshToken };
  const error = await rejectionOf(example.client().refreshToken(stored));
  expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
});
