import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { defineProvider, type ProviderDefinition, type Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { rejectionOf } from "./support/canaries.ts";

let example: ExampleProvider;
let token: Token;

beforeAll(async () => {
  example = await ExampleProvider.start();
  token = example.grant({ accessToken: "at-user-0001" });
});
afterAll(() => example.close());

function profileOf(user: object, profile: NonNullable<ProviderDefinition["profile"]>) {
  example.api = () => ({ body: user });
  return example.client({}, { profile }).profile(token);
}

const messageOf = (user: object, profile: NonNullable<ProviderDefinition["profile"]>) =>
  rejectionOf(profileOf(user, profile)).then((error) => (error as Error).message);

describe("a profile that names the fields of the user info", () => {
  it("reads nested fields and items of lists by their path, and joins several", async () => {
    const user = {
      data: [{ id: "u7", first: "Ada", last: "Lovelace", mail: { value: "ada@example.com" } }],
    };
    const profile = {
      id: "data.0.id",
      name: ["data.0.first", "data.0.middle", "data.0.last"],
      email: "data.0.mail.value",
      picture: "data.0.pictures.large",
    };
    expect(await profileOf(user, profile)).toEqual({
      id: "u7",
      name: "Ada Lovelace",
      email: "ada@example.com",
      raw: user,
    });
  });

  it("has a numeric ID as a string (MyAnimeList, Pipedrive, Zoho)", async () => {
    expect(await profileOf({ ZUID: 4 }, { id: "ZUID" })).toMatchObject({ id: "4" });
  });

  it("refuses an ID that JavaScript has rounded: two users would be one", async () => {
    const message = await messageOf({ id: 2 ** 53 + 2 }, { id: "id" });
    expect(message).toMatch(/no id/);
  });

  it.each([
    [true, true],
    ["true", true],
    [false, false],
    ["yes", undefined],
    [1, undefined],
  ])("reads the flag emailVerified of %j as %j", async (flag, expected) => {
    const profile = await profileOf({ id: 1, ok: flag }, { id: "id", emailVerified: "ok" });
    expect(profile.emailVerified).toBe(expected);
  });

  it("reads own fields only", async () => {
    const profile = await profileOf({ id: 1 }, { id: "id", name: "constructor.name" });
    expect(profile.name).toBeUndefined();
  });

  it.each([
    [{ name: "n" }, "profile.id must"],
    [{ id: "" }, "profile.id must"],
    [{ id: "data..id" }, "profile.id must"],
    [{ id: "id", name: [7] }, "profile.name must"],
    [{ id: "id", fullName: "name" }, "profile.fullName is not"],
    ["id", "profile must be"],
  ])("is refused when it is %j", (profile, sentence) => {
    const definition = {
      name: "example",
      endpoints: { token: "https://id.example.com/token" },
      profile,
    };
    expect(() => defineProvider(definition as ProviderDefinition)).toThrow(sentence);
  });
});

describe("a profile without a usable id", () => {
  it("says that a function returned a number, and what to return", async () => {
    const message = await messageOf({ id: 77 }, (raw) => ({ id: raw["id"] as string, raw }));
    expect(message).toMatch(/returned is a number.*String/);
  });

  it("says that the definition's profile found no id", async () => {
    const message = await messageOf({ user_id: "7" }, { id: "id" });
    expect(message).toMatch(/profile.*definition/);
  });
});
