import type {
  FacebookEmulator,
  GitHubEmulator,
  GoogleEmulator,
  MicrosoftEmulator,
} from "@grantkit/emulator";
import type { Fault } from "../fault.ts";
import { WITHOUT_ISSUER } from "./callback-faults.ts";
import { idTokenFaults, rotatedKeys } from "./id-token-faults.ts";
import { API_CALLS, REFRESH, SIGN_IN } from "./shown-in.ts";
import { switched } from "./switched.ts";
import { namedFaults, wireFaults } from "./wire-faults.ts";

/** Faults of Google's emulator. */
export function googleFaults(emulator: GoogleEmulator): readonly Fault[] {
  return [
    ...idTokenFaults(emulator),
    rotatedKeys(emulator),
    WITHOUT_ISSUER,
    ...wireFaults(emulator, "/token"),
    ...namedFaults(emulator, {
      "token-admin-policy": [
        "An administrator's policy",
        "The token endpoint answered admin_policy_enforced: a Workspace administrator blocks the app.",
      ],
      "token-reauthentication": [
        "A Workspace user who has to sign in again",
        "The token endpoint answered invalid_grant with the subtype invalid_rapt.",
      ],
      "token-client-deleted": [
        "An OAuth client that was deleted",
        "The token endpoint answered deleted_client.",
      ],
      "api-insufficient-scope": [
        "An API that needs another scope",
        "The API answered 403, and insufficient_scope in WWW-Authenticate (RFC 6750 §3.1).",
      ],
      "api-unauthenticated": [
        "An API that refuses the token",
        "The API answered 401, also to a new token.",
      ],
      "api-user-rate-limit": [
        "Google's rate limit, with status 403",
        "The API answered 403 with the reason RATE_LIMIT_EXCEEDED, and without Retry-After.",
      ],
    }),
  ];
}

/** Faults of GitHub's emulator. */
export function githubFaults(emulator: GitHubEmulator): readonly Fault[] {
  return [
    WITHOUT_ISSUER,
    {
      id: "error-200",
      title: "An error with the status 200",
      by: "provider",
      flows: SIGN_IN,
      effect: "The token endpoint answered 200, and the body had an error, as GitHub's do.",
      begin: () =>
        emulator.failNext({
          path: "/login/oauth/access_token",
          status: 200,
          body: {
            error: "bad_verification_code",
            error_description: "The code passed is incorrect or expired.",
          },
        }),
    },
    {
      id: "unverified-email",
      title: "Users without a verified address",
      by: "provider",
      flows: SIGN_IN,
      effect:
        "The app refuses users without a verified address: GitHub answers unverified_user_email to them. Choose hypatia on the consent page.",
      begin: switched(emulator, { allowUnverifiedEmail: false }, { allowUnverifiedEmail: true }),
    },
    {
      id: "family-revoked",
      title: "A refresh token used twice, which revokes all",
      by: "app",
      flows: REFRESH,
      twice: true,
      effect:
        "The same refresh token was sent twice, as two processes without a common store would. The provider took that for a theft, and revoked every token of the sign-in (RFC 9700 §4.14.2).",
      remedy: "Share one token store between processes: it lets one refresh, and others wait.",
      begin: switched(
        emulator,
        { refreshTokenReuse: "revokes-family" },
        { refreshTokenReuse: "refused" },
      ),
    },
    ...wireFaults(emulator, "/login/oauth/access_token"),
    ...namedFaults(emulator, {
      "token-bad-refresh-token": [
        "A refresh token that has expired",
        "The token endpoint answered bad_refresh_token, with the status 200.",
      ],
      "api-primary-rate-limit": [
        "GitHub's primary rate limit",
        "The API answered 403 with x-ratelimit-remaining: 0, and the time of the reset.",
      ],
      "api-secondary-rate-limit": [
        "GitHub's secondary rate limit",
        "The API answered 403 with Retry-After.",
      ],
      "api-secondary-rate-limit-without-retry-after": [
        "GitHub's secondary rate limit without Retry-After",
        "The API answered 429, and did not say how long to wait.",
      ],
      "api-sso-required": [
        "An organization that requires SAML",
        "The API answered 403 with x-github-sso.",
      ],
      "api-bad-credentials": [
        "An API that refuses the token",
        "The API answered 401 Bad credentials, also to a new token.",
      ],
    }),
  ];
}

/** Faults of Facebook's emulator. */
export function facebookFaults(emulator: FacebookEmulator): readonly Fault[] {
  return [
    {
      id: "proof-missing",
      title: "An app secret proof that is missing",
      by: "app",
      flows: API_CALLS,
      effect:
        "The app has the setting Require App Secret, and the client sent no appsecret_proof with the token.",
      remedy: "Set appSecretProof: true when you create the client.",
      begin: switched(emulator, { requireAppSecretProof: true }, { requireAppSecretProof: false }),
    },
    ...wireFaults(emulator, "/oauth/access_token"),
    ...namedFaults(emulator, {
      "api-password-changed": [
        "A user who changed the password",
        "The API answered with code 190 and subcode 460.",
      ],
      "api-app-not-installed": [
        "A user who removed the app",
        "The API answered with code 190 and subcode 458.",
      ],
      "api-permission-denied": [
        "An API that needs another permission",
        "The API answered 403 with code 200.",
      ],
      "api-app-throttled": [
        "Facebook's rate limit",
        "The API answered 400 with code 4, and X-App-Usage at 100 percent.",
      ],
      "api-unknown": ["An unknown error", "The API answered 500 with code 1, marked as transient."],
    }),
  ];
}

/** Faults of Microsoft's emulator. */
export function microsoftFaults(emulator: MicrosoftEmulator): readonly Fault[] {
  return [
    ...idTokenFaults(emulator),
    {
      id: "key-of-another-issuer",
      title: "An ID token signed with another tenant's key",
      by: "provider",
      flows: SIGN_IN,
      effect: "The ID token was signed with a key that the key set reserves for another issuer.",
      begin: switched(emulator, { signingKey: "of-another-issuer" }, { signingKey: "own" }),
    },
    rotatedKeys(emulator),
    {
      id: "claims-challenge",
      title: "A claims challenge: Conditional Access",
      by: "provider",
      flows: API_CALLS,
      effect:
        "Graph answered 401 with insufficient_claims, until the user signs in with the claims that it names.",
      begin: switched(emulator, { claimsChallenge: true }, { claimsChallenge: false }),
    },
    ...wireFaults(emulator, "/oauth2/v2.0/token"),
    ...namedFaults(emulator, {
      "token-consent-required": [
        "A consent that is missing",
        "The token endpoint answered invalid_grant with AADSTS65001.",
      ],
      "token-mfa-required": [
        "A second factor that is required",
        "The token endpoint answered interaction_required with claims (AADSTS50076).",
      ],
      "token-refresh-revoked": [
        "A grant that was revoked",
        "The token endpoint answered invalid_grant with AADSTS50173.",
      ],
      "api-forbidden": ["An API that needs more privileges", "Graph answered 403."],
      "api-invalid-token": [
        "An API that refuses the token",
        "Graph answered 401 InvalidAuthenticationToken, also to a new token.",
      ],
      "api-throttled": ["Graph's rate limit", "Graph answered 429 with Retry-After: 10."],
    }),
  ];
}
