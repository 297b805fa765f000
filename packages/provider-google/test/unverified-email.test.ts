import { expect, it } from "@jest/globals";
import { googleProfile } from "@grantkit/provider-google";

it.each<[boolean | undefined, object]>([
  [undefined, {}],
  [false, { email_verified: false }],
  // As the token info endpoint writes it.
  [false, { email_verified: "false" }],
  // As the older user info endpoints name it.
  [false, { verified_email: false }],
  [false, { email_verified: false, verified_email: true }],
  [undefined, { email_verified: "yes" }],
  [undefined, { email_verified: 1 }],
])("an address is verified: %j, with %j", (emailVerified, claims) => {
  const email = "hypatia@gmail.com";
  expect(googleProfile({ sub: "1", email, hd: "gmail.com", ...claims })).toMatchObject({
    email,
    emailVerified,
    emailAuthoritative: false,
  });
});
