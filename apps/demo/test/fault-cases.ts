/** A fault as the page names it, how a run with it ends, and what the page says about it. */
export interface FaultCase {
  readonly flow: string;
  readonly fault: string;
  /** The code of the error, or the heading of a run that does not fail. */
  readonly end: string;
  readonly words: string;
  /** Who signs in, if not Ada. */
  readonly user?: string;
}

type Row = readonly [fault: string, end: string, words: string, user?: string];

const cases =
  (flow: string) =>
  (...rows: readonly Row[]): readonly FaultCase[] =>
    rows.map(([fault, end, words, user]) => ({
      flow,
      fault,
      end,
      words,
      ...(user !== undefined && { user }),
    }));

const signIn = cases("authorization-code");
const apiCall = cases("api-call");
const refresh = cases("refresh");
const clientCredentials = cases("client-credentials");
const oauth1SignIn = cases("oauth1-sign-in");
const oauth1Call = cases("oauth1-call");

/** The faults of each target. One that several targets have is tried at one of them. */
export const FAULT_CASES: Readonly<Record<string, readonly FaultCase[]>> = {
  google: [
    ...signIn(
      ["An ID token with a forged signature", "ID_TOKEN_INVALID", "its signature is wrong"],
      ["An ID token of another issuer", "ID_TOKEN_INVALID", "iss is wrong"],
      ["An ID token for another app", "ID_TOKEN_INVALID", "aud is wrong"],
      ["An ID token with the nonce of another sign-in", "ID_TOKEN_INVALID", "nonce is not the one"],
      ["An ID token without a nonce", "ID_TOKEN_INVALID", "nonce is not the one"],
      [
        "An ID token with the hash of another access token",
        "ID_TOKEN_INVALID",
        "at_hash does not fit",
      ],
      ["An ID token that has expired", "ID_TOKEN_INVALID", "exp is wrong"],
      ["Signing keys that were rotated", "Signed in", "fetched the provider's public keys"],
      ["A callback without an issuer", "Signed in", "found nothing to refuse"],
      ["A token endpoint that never answers", "TIMEOUT", "gave up when its time limit"],
      ["A token endpoint that is slow", "Signed in", "ms for the answer"],
      ["A token endpoint that answers with 20 MB", "RESPONSE_TOO_LARGE", "stopped reading"],
      ["A token endpoint that answers with a web page", "TOKEN_RESPONSE_INVALID", "HTML"],
      ["A token endpoint that closes the connection", "NETWORK_ERROR", "did not retry"],
      ["A token endpoint that is down (503)", "SERVER_ERROR", "may have carried it out"],
      [
        "A token endpoint that throttles (429, Retry-After: 120)",
        "RATE_LIMITED",
        "Wait for the seconds",
      ],
      ["An administrator's policy", "ACCESS_DENIED", "read the error admin_policy_enforced"],
      [
        "A Workspace user who has to sign in again",
        "INVALID_GRANT",
        "read the error invalid_grant",
      ],
      ["An OAuth client that was deleted", "INVALID_CLIENT", "read the error deleted_client"],
      ["A callback of another issuer: mix-up (RFC 9207)", "ISSUER_MISMATCH", "no code was used"],
      ["A callback with a state that was never sent", "STATE_MISMATCH", "no code was used"],
      ["A callback with two codes", "CALLBACK_INVALID", "repeats the parameter code"],
      ["A callback without a code", "CODE_MISSING", "refused it before it sent anything"],
      ["A callback with server_error", "SERVER_ERROR", "read the error in the callback"],
      ["A user who denies consent", "ACCESS_DENIED", "read the error in the callback"],
      ["A wrong client secret", "INVALID_CLIENT", "the field Client secret"],
      ["A callback that is handled twice", "INVALID_GRANT", "Delete the authorization request"],
      [
        "A callback that comes after eleven minutes",
        "AUTHORIZATION_REQUEST_EXPIRED",
        "ten minutes",
      ],
      ["A clock that is two hours ahead", "CLOCK_SKEW", "Set the clock of the machine"],
      ["A clock that is ten minutes behind", "CLOCK_SKEW", "Set the clock of the machine"],
    ),
    ...apiCall(
      ["An API that needs another scope", "API error", "Ask for the scope or the permission"],
      ["An API that refuses the token", "API error", "expired, revoked, or not for this API"],
      ["Google's rate limit, with status 403", "API error", "wait if it throttles"],
    ),
  ],
  github: [
    ...apiCall(
      ["An API that never answers", "TIMEOUT", "gave up when its time limit"],
      ["An API that is slow", "The API answered", "ms for the answer"],
      ["An API that closes the connection", "ECONNRESET", "Then it gave up"],
      ["An API that answers with 20 MB", "RESPONSE_TOO_LARGE", "stopped reading"],
      ["An API that answers with a web page", "The API answered", "took the answer as it is"],
      ["An API that is down (503)", "API error", "503, then 503, then 503. Then it gave up."],
      [
        "An API that is down for a moment (503 once)",
        "The API answered",
        "503, then 200. The retry succeeded",
      ],
      [
        "An API that throttles (429, Retry-After: 1)",
        "The API answered",
        "after the 1 s that it asked for",
      ],
      ["An API that throttles without Retry-After (429)", "The API answered", "429, then 200"],
      ["An API that throttles (429, Retry-After: 120)", "API error", "did not retry: 120 s"],
      ["GitHub's primary rate limit", "API error", "rate limit exceeded"],
      ["GitHub's secondary rate limit", "API error", "secondary rate limit"],
      ["GitHub's secondary rate limit without Retry-After", "API error", "secondary rate limit"],
      ["An organization that requires SAML", "API error", "SAML"],
      ["An API that refuses the token", "API error", "so it refreshed the token"],
      ["A token in the body of a GET", "TOKEN_INVALID", "before it sent anything"],
    ),
    ...signIn(
      ["An error with the status 200", "INVALID_GRANT", "read the error bad_verification_code"],
      ["A code verifier of another sign-in", "INVALID_GRANT", "Store each authorization request"],
      [
        "Users without a verified address",
        "ACCESS_DENIED",
        "read the error unverified_user_email",
        "Hypatia",
      ],
    ),
    ...refresh(
      ["A refresh token that has expired", "INVALID_GRANT", "read the error bad_refresh_token"],
      ["A refresh token used twice", "INVALID_GRANT", "Share one token store"],
      [
        "A refresh token used twice, which revokes all",
        "INVALID_GRANT",
        "revoked every token of the sign-in",
      ],
    ),
  ],
  facebook: [
    ...clientCredentials(
      [
        "A token endpoint that is down for a moment (503 once)",
        "The app has a token",
        "503, then 200. The retry succeeded",
      ],
      [
        "A token endpoint that throttles (429, Retry-After: 1)",
        "The app has a token",
        "after the 1 s that it asked for",
      ],
      [
        "A token endpoint that throttles without Retry-After (429)",
        "The app has a token",
        "429, then 200",
      ],
    ),
    ...signIn(["no fault", "Signed in", ""]),
    ...apiCall(
      ["An app secret proof that is missing", "API error", "appSecretProof: true"],
      ["A user who changed the password", "API error", "460"],
      ["A user who removed the app", "API error", "458"],
      ["An API that needs another permission", "API error", "pages_show_list"],
      ["Facebook's rate limit", "API error", "request limit reached"],
      ["An unknown error", "API error", "It answered 500"],
    ),
  ],
  microsoft: [
    ...signIn(
      [
        "An ID token signed with another tenant's key",
        "ID_TOKEN_INVALID",
        "signs for another issuer",
      ],
      ["A consent that is missing", "INTERACTION_REQUIRED", "AADSTS65001"],
      ["A second factor that is required", "INTERACTION_REQUIRED", "AADSTS50076"],
      ["no fault", "Signed in", ""],
    ),
    ...apiCall(
      ["A claims challenge: Conditional Access", "API error", "401"],
      ["An API that needs more privileges", "API error", "Authorization_RequestDenied"],
      ["An API that refuses the token", "API error", "InvalidAuthenticationToken"],
      ["Graph's rate limit", "API error", "TooManyRequests"],
    ),
    ...refresh(["A grant that was revoked", "INVALID_GRANT", "AADSTS50173"]),
  ],
  oauth1: [
    ...oauth1SignIn(
      ["A wrong secret", "TOKEN_REQUEST_DENIED", "the secret is wrong"],
      ["A clock that is two hours ahead", "TOKEN_REQUEST_DENIED", "Set the clock of the machine"],
      ["A callback for another request token", "TOKEN_MISMATCH", "session fixation"],
      ["A callback without a verifier", "VERIFIER_MISSING", "has no oauth_verifier"],
      [
        "A server of OAuth 1.0, before revision A",
        "CALLBACK_NOT_CONFIRMED",
        "Ask the provider for OAuth 1.0a",
      ],
      ["A web page in place of a token", "TOKEN_RESPONSE_INVALID", "HTML"],
      ["An answer with two tokens", "TOKEN_RESPONSE_INVALID", "oauth_token twice"],
      ["A token without its secret", "TOKEN_RESPONSE_INVALID", "oauth_token_secret"],
      ["A token in 16 MiB", "RESPONSE_TOO_LARGE", "stopped reading"],
      ["A provider that refuses the app", "TOKEN_REQUEST_DENIED", "consumer_key_refused"],
      ["A token endpoint that redirects to another site", "TOKEN_REQUEST_DENIED", "307"],
      ["A provider that is down (503)", "TOKEN_REQUEST_DENIED", "503"],
      ["no fault", "Signed in", ""],
    ),
    ...oauth1Call(
      ["An API that refuses the token", "API error", "token_rejected"],
      ["An API that saw the nonce before", "API error", "nonce_used"],
      ["An API that throttles (429)", "API error", "It answered 429"],
    ),
  ],
};

/** Faults that keep the browser at the provider, or that another browser ends: faults.browser.test.ts. */
export const OTHER_FAULTS: readonly string[] = [
  "A redirect URI that is not registered",
  "A client ID that the provider does not know",
  "A scope that does not exist",
  "A callback in another browser",
];
