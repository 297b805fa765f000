import { approveDevice } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { defineEmulator } from "../define-emulator.ts";
import type { DefinedEmulator } from "../defined-emulator.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { signingKeys } from "../oauth/signing-keys.ts";
import { serveSampleApis, serveUserInfo } from "./api.ts";
import { serveAuthorization } from "./authorization.ts";
import { createCredential, createPopupCode, postCredential } from "./credential.ts";
import type {
  GoogleCredentialChoice,
  GoogleCredentialPost,
  GooglePopupChoice,
} from "./credential-choice.ts";
import { DEVICE_PAGE_PATH, serveDeviceFlow } from "./device-flow.ts";
import { serveDiscovery } from "./discovery.ts";
import { dpopState } from "./dpop.ts";
import { googleFailures } from "./failures.ts";
import type { GoogleFailure } from "./options.ts";
import { serveRevocation, serveTokenInfo } from "./issued-tokens.ts";
import { googleSwitches } from "./options.ts";
import type { GoogleOptions, GoogleSwitches } from "./options.ts";
import { googleGrants } from "./scopes.ts";
import { googleEndpoints } from "./endpoints.ts";
import type { GoogleEndpoints } from "./endpoints.ts";
import type { GoogleServer } from "./server.ts";
import { createSecurityEvent, postSecurityEvent } from "./security-event.ts";
import type { GoogleSecurityEvent, GoogleSecurityEventDetails } from "./security-event-details.ts";
import { serviceAccounts } from "./service-accounts.ts";
import type { ServiceAccountKey } from "./service-accounts.ts";
import { serveToken } from "./token-endpoint.ts";
import { serveMetadataServer } from "./metadata-server.ts";
import { createSubjectToken, serveWorkload, WORKLOAD_AUDIENCE } from "./workload.ts";
import { googleTokens } from "./tokens.ts";
import { googleUsers } from "./users.ts";
import type { GoogleUser } from "./users.ts";

/** A running emulator of Google. */
export interface GoogleEmulator extends Emulator<
  "google",
  GoogleEndpoints,
  GoogleUser,
  GoogleSwitches,
  GoogleFailure
> {
  /** Signs ID tokens with a new key from now on, and resolves to its id. The previous key stays published until the next call. */
  rotateKeys(): Promise<string>;
  /**
   * Signs in with Google's button or One Tap, and resolves to the credential (an ID token) that the page or the login URI
   * gets.
   */
  createCredential(choice?: GoogleCredentialChoice): Promise<string>;
  /**
   * Posts a credential to the application's login URI on this machine, as the browser does, and resolves to its response.
   * Redirects are not followed.
   */
  postCredential(loginUri: string | URL, choice?: GoogleCredentialPost): Promise<Response>;
  /** Signs a security event token of Cross-Account Protection (RISC). The event changes nothing at the emulator. */
  createSecurityEvent(
    event: GoogleSecurityEvent,
    details?: GoogleSecurityEventDetails,
  ): Promise<string>;
  /**
   * Posts a security event token to the application's receiver on this machine, and resolves to its response. Redirects are
   * not followed.
   */
  postSecurityEvent(
    url: string | URL,
    event: GoogleSecurityEvent,
    details?: GoogleSecurityEventDetails,
  ): Promise<Response>;
  /** Issues an authorization code as a popup hands it to the page, to be exchanged with the redirect URI `postmessage`. */
  createPopupCode(choice: GooglePopupChoice): string;
  /** The `audience` of the workload identity pool, for `/v1/token`. */
  readonly workloadAudience: string;
  /** Signs a token of the identity provider that the pool trusts, as a workload would read it from a file or a URL. */
  createSubjectToken(): Promise<string>;
  /** Creates a service account, and resolves to its key file as the Google Cloud console would download it. */
  createServiceAccount(): Promise<ServiceAccountKey>;
  /** Does over HTTP what a person with a device's user code would click. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
}

/** The definition of the Google emulator. */
export const google: DefinedEmulator<GoogleOptions, GoogleEmulator> = defineEmulator({
  provider: "google",
  theme: { providerName: "Google", accent: "#0b5a8f", accentOnDark: "#7cc0f0" },
  application: {
    clientId: "google-emulator-client.apps.googleusercontent.com",
    clientSecret: "google-emulator-secret",
  },
  switches: googleSwitches,
  endpoints: googleEndpoints,
  users: googleUsers,
  userNames: ({ sub, email, name }) => [sub, email, name],
  failures: () => googleFailures,
  server: (base): GoogleServer => ({
    ...base,
    keys: signingKeys(),
    externalKeys: signingKeys(),
    codes: codeStore(base.now),
    devices: deviceCodes(base.now),
    grants: googleGrants(),
    tokens: googleTokens(base.switches, base.now),
    serviceAccounts: serviceAccounts(),
    dpop: dpopState(base.now),
  }),
  routes: [
    serveDiscovery,
    serveAuthorization,
    serveToken,
    serveDeviceFlow,
    serveWorkload,
    serveMetadataServer,
    serveUserInfo,
    serveTokenInfo,
    serveRevocation,
    serveSampleApis,
  ],
  expireAccessTokens: ({ tokens }) => tokens.expireAccess(),
  controls: (server, visit) => ({
    rotateKeys: () => server.keys.rotate(),
    createCredential: (choice = {}) => createCredential(server, choice),
    postCredential: (loginUri, choice = {}) => postCredential(server, String(loginUri), choice),
    createSecurityEvent: (event, details = {}) => createSecurityEvent(server, event, details),
    postSecurityEvent: (url, event, details = {}) =>
      postSecurityEvent(server, String(url), event, details),
    createPopupCode: (choice) => createPopupCode(server, choice),
    workloadAudience: WORKLOAD_AUDIENCE,
    createSubjectToken: () => createSubjectToken(server),
    createServiceAccount: () => server.serviceAccounts.create(server.endpoints.token),
    approveDevice: (userCode, choice) =>
      approveDevice(visit, server.origin + DEVICE_PAGE_PATH, userCode, choice),
  }),
});

/**
 * Starts an emulator of Google on 127.0.0.1.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/web-server
 * @see https://developers.google.com/identity/openid-connect/openid-connect
 */
export function startGoogle(options: GoogleOptions = {}): Promise<GoogleEmulator> {
  return google.start(options);
}
