import { approveDevice } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { defineEmulator } from "../define-emulator.ts";
import type { DefinedEmulator } from "../defined-emulator.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { signingKeys } from "../oauth/signing-keys.ts";
import { DEVICE_PAGE_PATH, serveDeviceConsent } from "./device-login.ts";
import { serveDiscovery } from "./discovery.ts";
import { facebookFailures } from "./failures.ts";
import type { FacebookFailure } from "./options.ts";
import { serveGraph } from "./graph.ts";
import { createLimitedLoginToken, serveLimitedLogin } from "./limited-login.ts";
import type { FacebookLimitedLogin } from "./limited-login-choice.ts";
import { facebookSwitches } from "./options.ts";
import type { FacebookOptions, FacebookSwitches } from "./options.ts";
import { permissions } from "./permissions.ts";
import { facebookEndpoints, limitedLoginUrls } from "./endpoints.ts";
import type { FacebookEndpoints } from "./endpoints.ts";
import type { FacebookServer } from "./server.ts";
import { createSignedRequest, postSignedRequest } from "./signed-request.ts";
import type { FacebookSignedRequest } from "./signed-request-content.ts";
import { facebookTokens } from "./tokens.ts";
import { facebookUsers } from "./users.ts";
import type { FacebookUser } from "./users.ts";

/** A running emulator of Facebook. */
export interface FacebookEmulator extends Emulator<
  "facebook",
  FacebookEndpoints,
  FacebookUser,
  FacebookSwitches,
  FacebookFailure
> {
  /** Signs ID tokens with a new key from now on, and resolves to its id. The previous key stays published until the next call. */
  rotateKeys(): Promise<string>;
  /** The client token that devices send in place of the secret, as `clientId|clientToken`. */
  readonly clientToken: string;
  /** Does over HTTP what a person with a device's user code would click. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
  /** Creates a user token of another app, such as an attacker would send to yours. */
  issueForeignToken(user?: string): string;
  /** Signs a request as for the callbacks of deauthorization and data deletion, with the app's secret. */
  createSignedRequest(request?: FacebookSignedRequest): string;
  /** Posts a signed request to a callback on this machine, and resolves to its response. Redirects are not followed. */
  postSignedRequest(url: string | URL, request?: FacebookSignedRequest): Promise<Response>;
  /** The other issuer of Limited Login tokens. */
  readonly limitedIssuer: string;
  /** The other key set for Limited Login tokens. */
  readonly limitedJwks: string;
  /** Signs in with Limited Login, and resolves to the ID token. */
  createLimitedLoginToken(login?: FacebookLimitedLogin): Promise<string>;
  /** Makes expired permissions of those that a user (by default the first) granted, except for the public profile. */
  expirePermissions(user?: string): void;
}

const FOREIGN_APP_ID = "999999999999999";

/** The definition of the Facebook emulator. */
export const facebook: DefinedEmulator<FacebookOptions, FacebookEmulator> = defineEmulator({
  provider: "facebook",
  theme: { providerName: "Facebook", accent: "#0b6b5c", accentOnDark: "#6fd0bd" },
  application: { clientId: "100000000000001", clientSecret: "facebook-emulator-secret" },
  switches: facebookSwitches,
  endpoints: facebookEndpoints,
  otherUrls: limitedLoginUrls,
  users: facebookUsers,
  userNames: ({ id, name, email }) => [id, name, email],
  failures: facebookFailures,
  server: (base): FacebookServer => ({
    ...base,
    clientToken: "facebook-emulator-client-token",
    keys: signingKeys(),
    limitedKeys: signingKeys(),
    codes: codeStore(base.now),
    devices: deviceCodes(base.now),
    permissions: permissions(),
    tokens: facebookTokens(base, base.now),
  }),
  routes: [serveDiscovery, serveLimitedLogin, serveDeviceConsent, serveGraph],
  expireAccessTokens: ({ tokens }) => tokens.expireUsers(),
  controls: (server, visit) => ({
    ...limitedLoginUrls(server.origin),
    clientToken: server.clientToken,
    rotateKeys: async () => {
      const [id] = await Promise.all([server.keys.rotate(), server.limitedKeys.rotate()]);
      return id;
    },
    approveDevice: (userCode, choice) =>
      approveDevice(visit, server.origin + DEVICE_PAGE_PATH, userCode, choice),
    issueForeignToken: (user = server.users[0]?.id ?? "") =>
      server.tokens.issueUser(server.requireUser(user), undefined, FOREIGN_APP_ID),
    createSignedRequest: (request = {}) => createSignedRequest(server, request),
    postSignedRequest: (url, request = {}) => postSignedRequest(server, String(url), request),
    createLimitedLoginToken: (login = {}) => createLimitedLoginToken(server, login),
    expirePermissions: (user = server.users[0]?.id ?? "") =>
      server.permissions.expire(server.requireUser(user).id),
  }),
});

/**
 * Starts an emulator of Facebook on 127.0.0.1.
 *
 * @see https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function startFacebook(options: FacebookOptions = {}): Promise<FacebookEmulator> {
  return facebook.start(options);
}
