import { expect, it } from "@jest/globals";
import { github } from "@grantkit/provider-github";

const primary = { email: "hypatia@museum.example", primary: true, verified: false };
const other = { email: "h@museum.example", primary: false, verified: true };

it.each([
  ["none is verified", [primary, { ...other, verified: false }]],
  ["only another one is verified", [primary, other]],
  ["only another one is verified, and stands first", [other, primary]],
  ["none is primary", [other]],
  ["the list could not be read", undefined],
])("a user's public address is not the profile's where %s", (_case, emails) => {
  const { email, emailVerified } = github().profile({ id: 1, email: primary.email, emails });
  expect([email, emailVerified]).toEqual([undefined, undefined]);
});
