import { expect, it } from "@jest/globals";
import { microsoft } from "@grantkit/provider-microsoft";
import { TENANT } from "./support/accounts.ts";

const OID = "00000000-0000-4000-a6f3-3332eca7ea81";
const SUB = "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ";

/** Claims of an ID token, after Microsoft's reference. */
const CLAIMS = {
  sub: SUB,
  oid: OID,
  tid: TENANT,
  name: "Ada Lovelace",
  given_name: "Ada",
  family_name: "Lovelace",
  preferred_username: "ada@contoso.example",
  email: "ada@contoso.example",
};

it.each([
  [undefined, SUB],
  ["sub", SUB],
  ["oid", OID],
  ["oid.tid", `${OID}.${TENANT}`],
] as const)("has the id that profileId %s chooses", (profileId, id) => {
  expect(microsoft({ profileId }).profile(CLAIMS)).toEqual({
    id,
    name: "Ada Lovelace",
    givenName: "Ada",
    familyName: "Lovelace",
    username: "ada@contoso.example",
    email: "ada@contoso.example",
    emailVerified: undefined,
    locale: undefined,
    picture: undefined,
    profileUrl: undefined,
    raw: CLAIMS,
  });
});

it("maps a user of Microsoft Graph, whose id is the object's", () => {
  const user = {
    id: OID,
    displayName: "Ada Lovelace",
    givenName: "Ada",
    surname: "Lovelace",
    mail: "ada@contoso.example",
    userPrincipalName: "ada@contoso.onmicrosoft.com",
    preferredLanguage: "en-GB",
  };
  expect(microsoft({ profileId: "oid" }).profile(user)).toMatchObject({
    id: OID,
    name: "Ada Lovelace",
    familyName: "Lovelace",
    email: "ada@contoso.example",
    username: "ada@contoso.onmicrosoft.com",
    locale: "en-GB",
  });
  // The object's ID is never taken for the user's at the app.
  expect(microsoft().profile(user).id).toBe("");
  expect(microsoft({ profileId: "oid.tid" }).profile(user).id).toBe("");
});

it.each<[unknown, object]>([
  [undefined, {}],
  // An administrator of any tenant can set an e-mail address to anything.
  [undefined, { email_verified: true }],
  [false, { xms_edov: false }],
  [false, { xms_edov: "0" }],
  [false, { xms_edov: "yes" }],
  [false, { xms_edov: null }],
  [undefined, { preferred_username: "eve@contoso.example", upn: "eve@contoso.example" }],
  [undefined, { verified_secondary_email: ["ada@contoso.example"] }],
  [true, { xms_edov: true }],
  [true, { xms_edov: "1" }],
  [true, { xms_edov: 1 }],
  [true, { verified_primary_email: ["ada@contoso.example"] }],
  [undefined, { verified_primary_email: ["eve@contoso.example"] }],
  [undefined, { verified_primary_email: "ada@contoso.example" }],
])("says that an address is verified: %j, for %j", (emailVerified, claims) => {
  expect(microsoft().profile({ ...CLAIMS, ...claims }).emailVerified).toBe(emailVerified);
});

it("takes the first of B2C's addresses, and calls it verified as little", () => {
  const { email, emailVerified } = microsoft().profile({ sub: "1", emails: ["a@b.example", "c"] });
  expect([email, emailVerified]).toEqual(["a@b.example", undefined]);
});

it.each([{ emails: ["a@b.example"] }, { mail: "a@b.example" }])(
  "calls no address verified that is not the claim email: %j",
  (fields) => {
    const profile = microsoft().profile({ sub: "1", xms_edov: true, ...fields });
    expect([profile.email, profile.emailVerified]).toEqual(["a@b.example", undefined]);
  },
);

it("takes no user name for an address", () => {
  const { email: _none, ...claims } = CLAIMS;
  const profile = microsoft().profile({ ...claims, xms_edov: true });
  expect([profile.email, profile.emailVerified]).toEqual([undefined, undefined]);
});

it("leaves out fields of another type", () => {
  const fields = { sub: "1", email: 7, name: null, emails: [7], oid: {}, mail: [] };
  expect(microsoft().profile(fields)).toEqual({ id: "1", raw: expect.anything() });
});
