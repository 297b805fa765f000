/**
 * Loopback servers that behave like Google, GitHub, Facebook, Microsoft and OAuth 1.0a servers, to try and test OAuth clients against.
 *
 * @packageDocumentation
 */
export { startFacebook } from "./facebook/emulator.ts";
export { startGitHub } from "./github/emulator.ts";
export { startGoogle } from "./google/emulator.ts";
export { startMicrosoft } from "./microsoft/emulator.ts";
export { startOAuth1 } from "./oauth1/emulator.ts";
export type { ConsentChoice } from "./consent/click-through.ts";
export type { Emulator, EmulatorOptions } from "./emulator.ts";
export type { FacebookEmulator } from "./facebook/emulator.ts";
export type { FacebookEndpoints } from "./facebook/endpoints.ts";
export type { FacebookFailure } from "./facebook/options.ts";
export type { FacebookLimitedLogin } from "./facebook/limited-login-choice.ts";
export type {
  FacebookLoginConfiguration,
  FacebookOptions,
  FacebookSwitches,
} from "./facebook/options.ts";
export type { FacebookSignedRequest } from "./facebook/signed-request-content.ts";
export type { FacebookPage, FacebookUser } from "./facebook/users.ts";
export type { GitHubEmulator } from "./github/emulator.ts";
export type { GitHubEndpoints } from "./github/endpoints.ts";
export type { GitHubFailure } from "./github/options.ts";
export type { GitHubOptions, GitHubSwitches } from "./github/options.ts";
export type { GitHubEmail, GitHubRepository, GitHubUser } from "./github/users.ts";
export type { GitHubDelivery } from "./github/webhook-delivery.ts";
export type {
  GoogleCredentialChoice,
  GoogleCredentialPost,
  GooglePopupChoice,
} from "./google/credential-choice.ts";
export type { GoogleEmulator } from "./google/emulator.ts";
export type { GoogleEndpoints } from "./google/endpoints.ts";
export type { GoogleFailure } from "./google/options.ts";
export type { GoogleOptions, GoogleSwitches } from "./google/options.ts";
export type {
  GoogleSecurityEvent,
  GoogleSecurityEventDetails,
} from "./google/security-event-details.ts";
export type { ServiceAccountKey } from "./google/service-accounts.ts";
export type { GoogleUser } from "./google/users.ts";
export type { MicrosoftB2cEndpoints } from "./microsoft/b2c-endpoints.ts";
export type { MicrosoftCertificate } from "./microsoft/certificates.ts";
export type { MicrosoftEmulator, MicrosoftFederatedToken } from "./microsoft/emulator.ts";
export type { MicrosoftEndpoints } from "./microsoft/endpoints.ts";
export type { MicrosoftFailure } from "./microsoft/options.ts";
export type { MicrosoftOptions, MicrosoftSwitches } from "./microsoft/options.ts";
export type { MicrosoftUser } from "./microsoft/users.ts";
export type { OAuth1Consumer } from "./oauth1/consumers.ts";
export type { OAuth1Emulator } from "./oauth1/emulator.ts";
export type { OAuth1Endpoints } from "./oauth1/endpoints.ts";
export type { OAuth1Failure } from "./oauth1/options.ts";
export type { OAuth1Options, OAuth1Switches } from "./oauth1/options.ts";
export type { OAuth1User } from "./oauth1/users.ts";
export type { IdTokenFlaw } from "./oauth/id-token-flaws.ts";
export type { CustomFailure } from "./server/custom-failure.ts";
export type { RecordedRequest } from "./server/recorded-request.ts";
