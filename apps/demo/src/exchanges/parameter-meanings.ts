import { HEADER_MEANINGS } from "./header-meanings.ts";
import { CLAIM_MEANINGS } from "../jwt/claim-meanings.ts";

/** What a parameter, a header field or a claim is for, in one line, and where that is defined. */
export type Meaning = readonly [text: string, source: string];

const CORE = "OpenID Connect Core";

/** Parameters of OAuth and OpenID Connect, in requests and in responses. */
const PARAMETERS: Table = {
  // OAuth 2.0
  response_type: ["What the provider should send back: a code, or a token.", "RFC 6749 §3.1.1"],
  client_id: ["The app, as it is registered with the provider.", "RFC 6749 §2.2"],
  client_secret: ["The app's password.", "RFC 6749 §2.3.1"],
  redirect_uri: ["Where the provider sends the browser back to; registered.", "RFC 6749 §3.1.2"],
  scope: ["What the token may do.", "RFC 6749 §3.3"],
  state: [
    "Ties the callback to this browser's sign-in, against forged callbacks.",
    "RFC 6749 §10.12",
  ],
  code: ["The authorization code: used once, within minutes, for a token.", "RFC 6749 §4.1.2"],
  grant_type: ["What the app has in exchange for a token.", "RFC 6749 §4.1.3"],
  username: ["The user's name, in the password grant.", "RFC 6749 §4.3.2"],
  password: ["The user's password, in the password grant.", "RFC 6749 §4.3.2"],
  access_token: ["Gives access to the API until it expires.", "RFC 6749 §1.4"],
  refresh_token: ["Gets new access tokens without the user.", "RFC 6749 §1.5"],
  token_type: ["How the API wants the access token: Bearer or DPoP.", "RFC 6749 §7.1"],
  expires_in: ["How many seconds the access token is valid.", "RFC 6749 §5.1"],
  error: ["The provider's error code.", "RFC 6749 §5.2"],
  error_description: ["The error in words, for developers.", "RFC 6749 §5.2"],
  error_uri: ["A page about the error.", "RFC 6749 §5.2"],
  iss: ["Who issued this; in a callback it prevents a mix-up of providers.", "RFC 9207 §2"],
  refresh_token_expires_in: [
    "How many seconds the refresh token is valid.",
    "GitHub's documentation",
  ],
  // PKCE
  code_challenge: ["The hash of a secret that only this app knows.", "RFC 7636 §4.3"],
  code_challenge_method: ["How the challenge was hashed: S256.", "RFC 7636 §4.3"],
  code_verifier: [
    "The secret behind code_challenge: proves who began the sign-in.",
    "RFC 7636 §4.5",
  ],
  // OpenID Connect
  nonce: ["Ties the ID token to this sign-in, against replay.", `${CORE} §3.1.2.1`],
  id_token: ["A signed statement of who the user is.", `${CORE} §2`],
  prompt: ["Whether the provider asks the user again.", `${CORE} §3.1.2.1`],
  display: ["How the provider's pages are shown: page, popup, touch.", `${CORE} §3.1.2.1`],
  max_age: ["The most seconds since the user last signed in.", `${CORE} §3.1.2.1`],
  ui_locales: ["The languages that the user prefers.", `${CORE} §3.1.2.1`],
  claims_locales: ["The languages wanted for claims.", `${CORE} §5.2`],
  id_token_hint: ["An ID token that says which user is meant.", `${CORE} §3.1.2.1`],
  login_hint: ["The user that the app expects.", `${CORE} §3.1.2.1`],
  acr_values: ["How strongly the user should be authenticated.", `${CORE} §3.1.2.1`],
  claims: ["Single claims that the app asks for.", `${CORE} §5.5`],
  request: ["The request's parameters as a signed JWT.", "RFC 9101 §5"],
  request_uri: ["Where the request's parameters are, for example pushed ones.", "RFC 9126 §4"],
  response_mode: [
    "How the callback comes: query, fragment or form_post.",
    "OAuth Multiple Response Types §2.1",
  ],
  response: ["The callback's parameters as a signed JWT.", "JARM §2.3"],
  session_state: [
    "The state of the session at the provider.",
    "OpenID Connect Session Management §2",
  ],
  post_logout_redirect_uri: [
    "Where the browser goes after the logout.",
    "OpenID RP-Initiated Logout §2",
  ],
  logout_hint: ["The user who signs out.", "OpenID RP-Initiated Logout §2"],
  logout_token: ["Tells the app that a session has ended.", "OpenID Back-Channel Logout §2.4"],
  // Further extensions of the authorization request
  resource: ["The API that the token is for.", "RFC 8707 §2"],
  audience: ["For whom the new token is.", "RFC 8693 §2.1"],
  authorization_details: ["What the token may do, in detail.", "RFC 9396 §2"],
  dpop_jkt: ["The thumbprint of the key that the code is bound to.", "RFC 9449 §10"],
  access_type: ["offline: with a refresh token.", "Google's documentation"],
  authuser: ["Which of the browser's accounts was chosen.", "Google's documentation"],
  include_granted_scopes: ["Adds what the user granted before.", "Google's documentation"],
  hd: ["The Google Workspace domain of the user.", "Google's documentation"],
  allow_signup: ["Whether the user may create an account.", "GitHub's documentation"],
  login: ["The user name; in a request, of the user who should sign in.", "GitHub's documentation"],
  auth_type: ["rerequest: asks again for what was declined.", "Facebook's documentation"],
  appsecret_proof: [
    "Proves that the app itself sends the token: an HMAC of it.",
    "Facebook's documentation",
  ],
  fb_exchange_token: [
    "The token that is exchanged for one that lives longer.",
    "Facebook's documentation",
  ],
  input_token: ["The token that is inspected.", "Facebook's documentation"],
  domain_hint: ["Skips the choice of the kind of account.", "Microsoft's documentation"],
  // Client authentication
  client_assertion: ["A JWT that the app signed, in place of a secret.", "RFC 7521 §4.2"],
  client_assertion_type: ["What kind of assertion it is.", "RFC 7521 §4.2"],
  assertion: ["A signed JWT that is exchanged for a token.", "RFC 7523 §2.1"],
  // Device
  device_code: ["The app's half of the device sign-in: it polls with it.", "RFC 8628 §3.2"],
  user_code: ["What the user types in on another device.", "RFC 8628 §3.2"],
  verification_uri: ["Where the user types it in.", "RFC 8628 §3.2"],
  verification_url: [
    "Where the user types in the code: Google's name for it.",
    "Google's documentation",
  ],
  verification_uri_complete: [
    "The same address with the code in it, for a QR code.",
    "RFC 8628 §3.3.1",
  ],
  interval: ["The fewest seconds between two polls.", "RFC 8628 §3.2"],
  // Token exchange
  subject_token: ["The token that is exchanged: whom the new one is about.", "RFC 8693 §2.1"],
  subject_token_type: ["The kind of the subject token.", "RFC 8693 §2.1"],
  actor_token: ["Who acts for the subject.", "RFC 8693 §2.1"],
  actor_token_type: ["The kind of the actor token.", "RFC 8693 §2.1"],
  requested_token_type: ["The kind of token that is wanted.", "RFC 8693 §2.1"],
  issued_token_type: ["The kind of token that was issued.", "RFC 8693 §2.2.1"],
  // Revocation and introspection
  token: ["The token that is revoked or inspected.", "RFC 7009 §2.1, RFC 7662 §2.1"],
  token_type_hint: ["Whether it is an access or a refresh token.", "RFC 7009 §2.1"],
  active: ["Whether the token is valid now.", "RFC 7662 §2.2"],
  // OAuth 1.0a
  oauth_callback: ["Where the browser comes back to; oob: the user copies a PIN.", "RFC 5849 §2.1"],
  oauth_callback_confirmed: ["The provider speaks OAuth 1.0a.", "RFC 5849 §2.1"],
  oauth_consumer_key: ["The app, as it is registered with the provider.", "RFC 5849 §3.1"],
  oauth_token: ["The request token, or the access token.", "RFC 5849 §3.1"],
  oauth_token_secret: ["The token's secret: it signs and is not sent again.", "RFC 5849 §2.1"],
  oauth_verifier: ["Proves that the user came back with this request token.", "RFC 5849 §2.2"],
  oauth_signature: ["The signature of the whole request.", "RFC 5849 §3.4"],
  oauth_signature_method: ["How the request is signed.", "RFC 5849 §3.4"],
  oauth_timestamp: ["When it was signed, in seconds since 1970.", "RFC 5849 §3.3"],
  oauth_nonce: ["Makes the signed request unique, against replay.", "RFC 5849 §3.3"],
  oauth_version: ["The protocol version: 1.0.", "RFC 5849 §3.1"],
  oauth_body_hash: ["The hash of a body that is no form.", "OAuth Request Body Hash 1.0"],
  oauth_session_handle: ["Renews the token without the user.", "OAuth Session 1.0"],
  oauth_expires_in: ["How many seconds the token is valid.", "OAuth Session 1.0"],
  oauth_authorization_expires_in: [
    "How many seconds the token can be renewed.",
    "OAuth Session 1.0",
  ],
  oauth_problem: ["What is wrong with the request.", "OAuth Problem Reporting"],
  oauth_problem_advice: ["What the user can do about it.", "OAuth Problem Reporting"],
  realm: ["The protected area; not part of the signature.", "RFC 5849 §3.5.1"],
  x_auth_username: ["The user's name.", "X's xAuth"],
  x_auth_password: ["The user's password.", "X's xAuth"],
  x_auth_mode: ["client_auth: a password for a token.", "X's xAuth"],
  // Discovery and keys
  issuer: ["The issuer's name, which is the beginning of this address.", "RFC 8414 §2"],
  authorization_endpoint: ["Where the browser is sent to sign in.", "RFC 8414 §2"],
  token_endpoint: ["Where codes and refresh tokens become access tokens.", "RFC 8414 §2"],
  userinfo_endpoint: ["Where the user's claims are.", "OpenID Connect Discovery §3"],
  jwks_uri: ["Where the provider's public keys are.", "RFC 8414 §2"],
  registration_endpoint: ["Where apps register themselves.", "RFC 8414 §2"],
  revocation_endpoint: ["Where tokens are revoked.", "RFC 8414 §2"],
  introspection_endpoint: ["Where tokens are inspected.", "RFC 8414 §2"],
  end_session_endpoint: ["Where the user signs out.", "OpenID RP-Initiated Logout §2.1"],
  device_authorization_endpoint: ["Where a device sign-in begins.", "RFC 8628 §4"],
  pushed_authorization_request_endpoint: ["Where requests are pushed to.", "RFC 9126 §5"],
  scopes_supported: ["The scopes that exist.", "RFC 8414 §2"],
  response_types_supported: ["The response types that it knows.", "RFC 8414 §2"],
  response_modes_supported: ["The ways in which a callback can come.", "RFC 8414 §2"],
  grant_types_supported: ["The grants that it knows.", "RFC 8414 §2"],
  subject_types_supported: ["Whether sub is the same for all apps.", "OpenID Connect Discovery §3"],
  id_token_signing_alg_values_supported: ["How it signs ID tokens.", "OpenID Connect Discovery §3"],
  token_endpoint_auth_methods_supported: ["How apps can authenticate.", "RFC 8414 §2"],
  code_challenge_methods_supported: ["The methods of PKCE that it knows.", "RFC 8414 §2"],
  dpop_signing_alg_values_supported: ["How DPoP proofs can be signed.", "RFC 9449 §5.1"],
  claims_supported: ["The claims that it can give.", "OpenID Connect Discovery §3"],
  authorization_response_iss_parameter_supported: ["Whether callbacks have iss.", "RFC 9207 §3"],
  keys: ["The provider's public keys, which verify its signatures.", "RFC 7517 §5.1"],
};

type Table = Readonly<Record<string, Meaning>>;

/** Where a name was found. */
export type MeaningKind = "parameter" | "header" | "claim";

const TABLES: Readonly<Record<MeaningKind, readonly Table[]>> = {
  parameter: [PARAMETERS, CLAIM_MEANINGS],
  header: [HEADER_MEANINGS],
  claim: [CLAIM_MEANINGS, PARAMETERS],
};

/** Finds what a name means; undefined if it is not registered. */
export function meaningOf(name: string, kind: MeaningKind): Meaning | undefined {
  const key = kind === "header" ? name.toLowerCase() : name;
  const table = TABLES[kind].find((each) => Object.hasOwn(each, key));
  return table?.[key];
}
