import { expect, it } from "@jest/globals";
import { isFromHostedDomain, Token } from "@grantkit/provider-google";

const tokenWith = (hd: unknown) =>
  Token.from({
    accessToken: "at",
    claims: {
      iss: "https://accounts.google.com",
      sub: "1",
      aud: "id",
      exp: 2_000_000_000,
      iat: 1_999_999_999,
      ...(hd !== undefined && { hd }),
    },
  });

it.each([
  ["navy.example", "navy.example", true],
  ["Navy.Example", "navy.example", true],
  ["navy.example", "*", true],
  ["navy.example", "army.example", false],
  ["evil-navy.example", "navy.example", false],
  ["navy.example", "", false],
  ["", "", false],
  ["", "*", false],
  [undefined, "*", false],
  [true, "*", false],
  [["navy.example"], "navy.example", false],
])("compares hd %j with the domain %j: %p", (hd, domain, expected) => {
  expect(isFromHostedDomain(tokenWith(hd), domain)).toBe(expected);
});

it("is false for a token without verified claims", () => {
  expect(isFromHostedDomain(Token.from({ accessToken: "at" }), "*")).toBe(false);
});
