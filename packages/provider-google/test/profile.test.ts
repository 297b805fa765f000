import { expect, it } from "@jest/globals";
import { googleProfile } from "@grantkit/provider-google";

const authoritative = (claims: object) => googleProfile({ sub: "1", ...claims }).emailAuthoritative;

it.each([
  [{ email: "ada@gmail.com", email_verified: true }, true],
  [{ email: "Ada@GMail.com", email_verified: true }, true],
  [{ email: "grace@navy.example", email_verified: true, hd: "navy.example" }, true],
  [{ email: "grace@navy.example", email_verified: true }, false],
  [{ email: "grace@navy.example", email_verified: true, hd: "" }, false],
  [{ email: "grace@navy.example", email_verified: false, hd: "navy.example" }, false],
  [{ email: "grace@navy.example", hd: "navy.example" }, false],
  [{ email: "ada@gmail.com.evil.example", email_verified: true }, false],
  [{ email: "ada@evilgmail.com", email_verified: true }, false],
  [{ email: "@gmail.com", email_verified: true }, false],
  [{ email: "ada@gmail.com", email_verified: false }, false],
  [{ email_verified: true, hd: "navy.example" }, false],
])("Google is authoritative for the address of %j: %p", (claims, expected) => {
  expect(authoritative(claims)).toBe(expected);
});

it("reads the claims of the older userinfo endpoints, and tokeninfo's texts", () => {
  expect(
    googleProfile({ id: "314", email: "ada@gmail.com", verified_email: true, name: "Ada" }),
  ).toMatchObject({ id: "314", emailVerified: true, emailAuthoritative: true, name: "Ada" });
  expect(googleProfile({ sub: "314", email: "a@b.example", email_verified: "true" })).toMatchObject(
    { id: "314", emailVerified: true, emailAuthoritative: false },
  );
});

it("maps every claim that Google has, and keeps them all", () => {
  const raw = {
    sub: "314",
    email: "grace@navy.example",
    email_verified: true,
    hd: "navy.example",
    name: "Grace Hopper",
    given_name: "Grace",
    family_name: "Hopper",
    picture: "https://lh3.googleusercontent.com/a",
    locale: "en",
    profile: "https://plus.example/grace",
  };
  expect(googleProfile(raw)).toEqual({
    id: "314",
    email: "grace@navy.example",
    emailVerified: true,
    emailAuthoritative: true,
    hostedDomain: "navy.example",
    name: "Grace Hopper",
    givenName: "Grace",
    familyName: "Hopper",
    picture: "https://lh3.googleusercontent.com/a",
    locale: "en",
    profileUrl: "https://plus.example/grace",
    username: undefined,
    raw,
  });
  expect(googleProfile(raw).raw).toBe(raw);
});
