import { expect, it } from "@jest/globals";
import { facebook } from "@grantkit/provider-facebook";

const PERSON = {
  id: "10223344556677881",
  email: "ada@lovelace.example",
  // Facebook never says whether an address is verified.
  emailVerified: undefined,
  name: "Ada Lovelace",
  givenName: "Ada",
  familyName: "Lovelace",
  picture: "https://platform-lookaside.fbsbx.com/ada",
  profileUrl: "https://www.facebook.com/app_scoped_user_id/ada",
};

it("maps all that the Graph API has, and keeps the rest", () => {
  const raw = {
    id: PERSON.id,
    name: PERSON.name,
    first_name: PERSON.givenName,
    last_name: PERSON.familyName,
    email: PERSON.email,
    picture: { data: { url: PERSON.picture, is_silhouette: false, width: 256, height: 256 } },
    link: PERSON.profileUrl,
    locale: "en_GB",
    verified: true,
  };
  expect(facebook().profile(raw)).toStrictEqual({ ...PERSON, raw });
});

it.each([
  { email_verified: true },
  { verified: true },
  { verified_email: true, is_verified: true },
])("calls no address verified, whatever a field says: %j", (fields) => {
  const { email, emailVerified } = facebook().profile({ id: "1", email: PERSON.email, ...fields });
  expect([email, emailVerified]).toEqual([PERSON.email, undefined]);
});

it("maps all that an ID token has, and keeps the rest", () => {
  const raw = {
    sub: PERSON.id,
    name: PERSON.name,
    given_name: PERSON.givenName,
    family_name: PERSON.familyName,
    email: PERSON.email,
    picture: PERSON.picture,
    user_link: PERSON.profileUrl,
    user_age_range: { min: "21" },
  };
  expect(facebook().profile(raw)).toStrictEqual({ ...PERSON, raw });
});
