import { expect, it } from "@jest/globals";
import { acme } from "@grantkit/provider-acme";

/** FILL IN: the response of the user info endpoint, as Acme's documentation has it. */
const DOCUMENTED: Readonly<Record<string, unknown>> = {};

it("maps the user info that Acme documents", () => {
  expect(acme().profile(DOCUMENTED)).toMatchObject({
    id: "1",
    name: "Ada Lovelace",
    email: "ada@example.com",
    emailVerified: true,
    raw: DOCUMENTED,
  });
});

it("calls no address verified that Acme does not call verified", () => {
  const { emailVerified } = acme().profile({ sub: "1", email: "ada@example.com" });
  expect(emailVerified).not.toBe(true);
});

it("leaves out fields of another type", () => {
  expect(acme().profile({ sub: "1", email: 7, name: null })).toEqual({
    id: "1",
    raw: expect.anything(),
  });
});
