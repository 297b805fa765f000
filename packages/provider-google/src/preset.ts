import {
  defineProvider,
  type EndpointOverrides,
  type Provider,
  type ProviderDefinition,
} from "@grantkit/core";
import { ownOptions } from "@grantkit/core/requests";
import { readGoogleError } from "./error-body.ts";
import { googleProfile } from "./profile.ts";
import { GOOGLE_SCOPE_ALIASES, type GoogleScope } from "./scopes.ts";

/** Options of the Google preset. */
export interface GoogleOptions {
  /** Replaces Google's URLs, for example by the `endpoints` of an emulator. */
  readonly endpoints?: EndpointOverrides | undefined;
  /**
   * The client IDs of your app on other platforms (Android, iOS, One Tap), as far as `verifyIdToken()` is to accept the ID
   * tokens that Google issues to them. Sign-ins of this client accept this client alone.
   *
   * @defaultValue none
   * @see https://developers.google.com/identity/sign-in/android/backend-auth
   */
  readonly authorizedParties?: readonly string[] | undefined;
}

type Prompt = "none" | "consent" | "select_account";

/**
 * Options of Google's authorization request.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/web-server#creatingclient
 */
export interface GoogleAuthorizationOptions {
  /**
   * `"offline"` asks for a refresh token. Google sends one at the first consent only, and again with
   * `prompt: "consent"`.
   *
   * @defaultValue `"online"`
   */
  readonly accessType?: "online" | "offline";
  /** What Google asks the user even where it need not. */
  readonly prompt?: Prompt | readonly Prompt[];
  /** E-mail address or `sub` of the user who should sign in. */
  readonly loginHint?: string;
  /**
   * The Google Workspace domain that the user must belong to, or `*` for any. Google only suggests its accounts;
   * `fetchToken()` checks the claim `hd`, and throws `ID_TOKEN_INVALID` for another account. Needs the scope `openid`.
   */
  readonly hostedDomain?: string;
  /** Whether the token also gets the scopes that the user granted your project before. */
  readonly includeGrantedScopes?: boolean;
  /** Whether users choose scopes one by one; for clients made before 2019. */
  readonly enableGranularConsent?: boolean;
}

/** The definition of Google, before options. */
export const GOOGLE: ProviderDefinition<GoogleScope, GoogleAuthorizationOptions> = {
  name: "google",
  // Google has sent `iss` in callbacks since 2026, but not always: it is checked where it is there, and not required.
  issuer: "https://accounts.google.com",
  endpoints: {
    authorization: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
    userInfo: "https://openidconnect.googleapis.com/v1/userinfo",
    jwks: "https://www.googleapis.com/oauth2/v3/certs",
    revocation: "https://oauth2.googleapis.com/revoke",
    deviceAuthorization: "https://oauth2.googleapis.com/device/code",
  },
  // Most of Google's APIs have a host of their own.
  api: { baseUrl: "https://www.googleapis.com", origins: ["https://*.googleapis.com"] },
  refreshTokenAdvice:
    'To get a refresh token, call authorizationRequest() with accessType: "offline", and with prompt: "consent" where the user has consented before.',
  defaultScope: ["openid", "email", "profile"],
  scopeAliases: GOOGLE_SCOPE_ALIASES,
  // Google documents accounts.google.com, without the scheme, as an issuer of its ID tokens.
  idToken: { algorithms: ["RS256"], issuerWithoutScheme: true, requestedClaims: { hd: "hd" } },
  // Google's own error codes beside RFC 6749's.
  errorAliases: {
    admin_policy_enforced: "access_denied",
    deleted_client: "invalid_client",
    disabled_client: "invalid_client",
    org_internal: "access_denied",
    redirect_uri_mismatch: "invalid_request",
  },
  authorizationOptions: [
    "accessType",
    "prompt",
    "loginHint",
    "hostedDomain",
    "includeGrantedScopes",
    "enableGranularConsent",
  ],
  authorizationParameters,
  readError: readGoogleError,
  profile: googleProfile,
};

/**
 * Defines Google as a provider, for an `OAuth2Client`. `GoogleClient` uses it already.
 *
 * @throws ConfigurationError (`CONFIGURATION_INVALID`) that names the option.
 */
export function google(
  options: GoogleOptions = {},
): Provider<GoogleScope, GoogleAuthorizationOptions> {
  const { endpoints, authorizedParties } = ownOptions(options);
  const parties = authorizedParties !== undefined && { authorizedParties };
  return defineProvider({ ...GOOGLE, idToken: { ...GOOGLE.idToken, ...parties } }, endpoints);
}

function authorizationParameters(
  options: GoogleAuthorizationOptions,
): Record<string, string | undefined> {
  const { accessType, prompt, loginHint, hostedDomain } = options;
  return {
    access_type: accessType,
    prompt: prompt === undefined ? undefined : [prompt].flat().join(" "),
    login_hint: loginHint,
    hd: hostedDomain,
    include_granted_scopes: options.includeGrantedScopes?.toString(),
    enable_granular_consent: options.enableGranularConsent?.toString(),
  };
}
