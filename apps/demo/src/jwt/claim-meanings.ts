import type { Meaning } from "../exchanges/parameter-meanings.ts";

const CORE = "OpenID Connect Core";

/** Claims and header parameters of JWTs, and fields of user info. */
export const CLAIM_MEANINGS: Readonly<Record<string, Meaning>> = {
  // Header
  alg: ["How it is signed.", "RFC 7515 §4.1.1"],
  kid: ["Which of the issuer's keys signed it.", "RFC 7515 §4.1.4"],
  typ: ["What kind of JWT it is.", "RFC 7515 §4.1.9"],
  jwk: ["The public key that it is signed with.", "RFC 7515 §4.1.3"],
  x5t: ["The thumbprint of the certificate that signed it.", "RFC 7515 §4.1.7"],
  // Registered claims
  iss: ["Who issued it.", "RFC 7519 §4.1.1"],
  sub: ["Whom it is about: the user's ID, which never changes.", "RFC 7519 §4.1.2"],
  aud: ["For whom it is: this app, or an API.", "RFC 7519 §4.1.3"],
  exp: ["When it expires, in seconds since 1970.", "RFC 7519 §4.1.4"],
  nbf: ["From when on it is valid, in seconds since 1970.", "RFC 7519 §4.1.5"],
  iat: ["When it was issued, in seconds since 1970.", "RFC 7519 §4.1.6"],
  jti: ["Its ID, against replay.", "RFC 7519 §4.1.7"],
  // ID tokens
  azp: ["The app that it was issued to.", `${CORE} §2`],
  nonce: ["The nonce of the sign-in that it ends.", `${CORE} §2`],
  auth_time: ["When the user signed in, in seconds since 1970.", `${CORE} §2`],
  acr: ["How strongly the user was authenticated.", `${CORE} §2`],
  amr: ["By which methods.", `${CORE} §2`],
  at_hash: ["Ties it to the access token that came with it.", `${CORE} §3.1.3.6`],
  c_hash: ["Ties it to the code that came with it.", `${CORE} §3.3.2.11`],
  s_hash: ["Ties it to the state.", "FAPI 1.0 Part 2 §5.1"],
  sid: ["The session at the provider.", "OpenID Front-Channel Logout §3"],
  events: ["What happened, in a logout or security event token.", "RFC 8417 §2.2"],
  // Access tokens
  client_id: ["The app that it was issued to.", "RFC 9068 §2.2"],
  scope: ["What it may do.", "RFC 9068 §2.2.3"],
  cnf: ["The key or certificate that it is bound to.", "RFC 7800 §3.1"],
  act: ["Who acts for the subject.", "RFC 8693 §4.1"],
  // DPoP proofs
  htm: ["The method of the request that it proves.", "RFC 9449 §4.2"],
  htu: ["The address of the request that it proves.", "RFC 9449 §4.2"],
  ath: ["Ties the proof to the access token.", "RFC 9449 §4.2"],
  // Users
  name: ["The full name.", `${CORE} §5.1`],
  given_name: ["The given name.", `${CORE} §5.1`],
  family_name: ["The family name.", `${CORE} §5.1`],
  middle_name: ["The middle name.", `${CORE} §5.1`],
  nickname: ["The nickname.", `${CORE} §5.1`],
  preferred_username: ["The user name, which may change.", `${CORE} §5.1`],
  profile: ["The user's page.", `${CORE} §5.1`],
  picture: ["The user's picture.", `${CORE} §5.1`],
  website: ["The user's web site.", `${CORE} §5.1`],
  email: ["The e-mail address.", `${CORE} §5.1`],
  email_verified: ["Whether the provider checked the address.", `${CORE} §5.1`],
  gender: ["The gender.", `${CORE} §5.1`],
  birthdate: ["The birthday.", `${CORE} §5.1`],
  zoneinfo: ["The time zone.", `${CORE} §5.1`],
  locale: ["The language.", `${CORE} §5.1`],
  phone_number: ["The telephone number.", `${CORE} §5.1`],
  phone_number_verified: ["Whether the provider checked the number.", `${CORE} §5.1`],
  address: ["The postal address.", `${CORE} §5.1`],
  updated_at: ["When the profile last changed.", `${CORE} §5.1`],
  hd: ["The Google Workspace domain.", "Google's documentation"],
  tid: ["The tenant that the user signed in to.", "Microsoft's documentation"],
  oid: ["The user's ID in the tenant.", "Microsoft's documentation"],
  ver: ["The version of the token's format.", "Microsoft's documentation"],
};
