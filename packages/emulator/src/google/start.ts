import { clickDevice, userIdFinder } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { openFrame, startEmulator } from "../emulator-frame.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { oauth2World } from "../oauth/oauth2-world.ts";
import { signingKeys } from "../oauth/signing-keys.ts";
import { checkOptions, initialSwitches } from "../server/switches.ts";
import { serveCalendar, serveUserInfo } from "./api.ts";
import { serveAuthorization } from "./authorization.ts";
import { DEVICE_PAGE_PATH, serveDeviceFlow } from "./device-flow.ts";
import { googleEndpoints, serveDiscovery } from "./endpoints.ts";
import type { GoogleEndpoints } from "./endpoints.ts";
import { googleFailures } from "./failures.ts";
import type { GoogleFailure } from "./failures.ts";
import { serveRevocation, serveTokenInfo } from "./issued-tokens.ts";
import { googleDefaults, googleOptionRules, googleSwitchRules } from "./options.ts";
import type { GoogleOptions, GoogleSwitches } from "./options.ts";
import { googleGrants } from "./scopes.ts";
import { serviceAccounts } from "./service-accounts.ts";
import type { ServiceAccountKey } from "./service-accounts.ts";
import { serveToken } from "./token-endpoint.ts";
import { googleTokens } from "./tokens.ts";
import { findGoogleUser, googleUsers } from "./users.ts";
import type { GoogleUser } from "./users.ts";
import type { GoogleWorld } from "./world.ts";

/** A running emulator of Google. */
export interface GoogleEmulator extends Emulator<
  "google",
  GoogleEndpoints,
  GoogleUser,
  GoogleSwitches,
  GoogleFailure
> {
  /** Signs with a new key from now on and resolves to its id; the key before stays in the key set until the next call. */
  rotateKeys(): Promise<string>;
  /** Makes a service account and resolves to its key file, as the Google Cloud console would download it. */
  createServiceAccount(): Promise<ServiceAccountKey>;
  /** Does what a person with a device's user code would click, over real HTTP. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
}

const APPLICATION = {
  clientId: "google-emulator-client.apps.googleusercontent.com",
  clientSecret: "google-emulator-secret",
};

const THEME = { providerName: "Google", accent: "#0b5a8f", accentOnDark: "#7cc0f0" };

/**
 * Starts an emulator of Google on 127.0.0.1.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/web-server
 * @see https://developers.google.com/identity/openid-connect/openid-connect
 */
export async function startGoogle(options: GoogleOptions = {}): Promise<GoogleEmulator> {
  const given = checkOptions("The emulator of Google", options, googleOptionRules);
  const switches = initialSwitches(googleDefaults, given);
  const frame = await openFrame(given.port, THEME, googleFailures);
  const users = googleUsers(frame.origin, given.users);
  const common = oauth2World(frame, given, {
    endpoints: googleEndpoints(frame.origin),
    users,
    switches,
    application: APPLICATION,
  });
  const { now } = common;
  const world: GoogleWorld = {
    ...common,
    keys: signingKeys(),
    codes: codeStore(now),
    devices: deviceCodes(now),
    grants: googleGrants(),
    tokens: googleTokens(switches, now),
    serviceAccounts: serviceAccounts(),
  };
  serveAll(world);
  const userIdOf = userIdFinder(
    users,
    (user) => findGoogleUser(users, user)?.sub,
    ({ email }) => email,
  );
  const emulator = startEmulator(frame, {
    ...world,
    provider: "google",
    rules: googleSwitchRules,
    userIdOf,
    expireAccessTokens: () => world.tokens.expireAccess(),
  });
  return {
    ...emulator,
    rotateKeys: () => world.keys.rotate(),
    createServiceAccount: () => world.serviceAccounts.create(world.endpoints.token),
    approveDevice: (userCode, choice = {}) =>
      clickDevice(frame.origin, DEVICE_PAGE_PATH, userCode, choice, userIdOf),
  };
}

function serveAll(world: GoogleWorld): void {
  serveDiscovery(world);
  serveAuthorization(world);
  serveToken(world);
  serveDeviceFlow(world);
  serveUserInfo(world);
  serveTokenInfo(world);
  serveRevocation(world);
  serveCalendar(world);
}
