/**
 * Scopes of Acme's sign-in and of its API.
 *
 * @see https://fill-in.invalid/docs/scopes
 */
export type AcmeScope = "openid" | "email" | "profile";
