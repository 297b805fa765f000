import { defineProvider } from "@grantkit/core";

/**
 * Sign in with Apple. The callback is a POST from Apple's site (`form_post`): a cookie that holds the authorization request
 * needs `SameSite=None`. The parameter `user` has the name, and comes once, at the first consent. Everything else is in the
 * ID token; there is no API. The client secret is a JWT that your key signs:
 * `signedClientSecret({ issuer: teamId, subject: clientId, audience: "https://appleid.apple.com", key, keyId, algorithm: "ES256" })`.
 *
 * @see https://developer.apple.com/documentation/signinwithapple/authenticating-users-with-sign-in-with-apple
 * @see https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
 */
export const apple = defineProvider({
  name: "apple",
  issuer: "https://appleid.apple.com",
  endpoints: {
    authorization: "https://appleid.apple.com/auth/authorize",
    token: "https://appleid.apple.com/auth/token",
    jwks: "https://appleid.apple.com/auth/keys",
    revocation: "https://appleid.apple.com/auth/revoke",
  },
  defaultScope: ["openid", "name", "email"],
  authorizationParameters: () => ({ response_mode: "form_post" }),
  callbackParameters: ["user"],
  async userInfo(_api, { claims, callback }) {
    const { name } = JSON.parse(callback["user"] ?? "{}") as { name?: Record<string, string> };
    return { ...claims, given_name: name?.["firstName"], family_name: name?.["lastName"] };
  },
});
