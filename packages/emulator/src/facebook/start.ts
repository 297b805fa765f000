import { clickDevice, userIdFinder } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { openFrame, startEmulator } from "../emulator-frame.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { oauth2World } from "../oauth/oauth2-world.ts";
import { signingKeys } from "../oauth/signing-keys.ts";
import { checkOptions, initialSwitches } from "../server/switches.ts";
import { DEVICE_PAGE_PATH, serveDevicePage } from "./device-login.ts";
import { facebookEndpoints, serveDiscovery } from "./endpoints.ts";
import type { FacebookEndpoints } from "./endpoints.ts";
import { facebookFailures } from "./failures.ts";
import type { FacebookFailure } from "./failures.ts";
import { serveGraph } from "./graph.ts";
import { facebookDefaults, facebookOptionRules, facebookSwitchRules } from "./options.ts";
import type { FacebookOptions, FacebookSwitches } from "./options.ts";
import { permissions } from "./permissions.ts";
import { facebookTokens } from "./tokens.ts";
import { facebookUsers, findFacebookUser } from "./users.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookWorld } from "./world.ts";

/** A running emulator of Facebook. */
export interface FacebookEmulator extends Emulator<
  "facebook",
  FacebookEndpoints,
  FacebookUser,
  FacebookSwitches,
  FacebookFailure
> {
  /** Signs ID tokens with a new key from now on and resolves to its id; the key before stays published until the next call. */
  rotateKeys(): Promise<string>;
  /** What devices carry in place of the secret, as `clientId|clientToken`. */
  readonly clientToken: string;
  /** Does what a person with a device's user code would click, over real HTTP. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
  /** Makes a user token that belongs to another app: what an attacker would pass on to this one. */
  issueForeignToken(user?: string): string;
}

const APPLICATION = {
  clientId: "100000000000001",
  clientSecret: "facebook-emulator-secret",
};

const THEME = { providerName: "Facebook", accent: "#0b6b5c", accentOnDark: "#6fd0bd" };

const CLIENT_TOKEN = "facebook-emulator-client-token";

const FOREIGN_APP_ID = "999999999999999";

/**
 * Starts an emulator of Facebook on 127.0.0.1.
 *
 * @see https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export async function startFacebook(options: FacebookOptions = {}): Promise<FacebookEmulator> {
  const given = checkOptions("The emulator of Facebook", options, facebookOptionRules);
  const switches = initialSwitches(facebookDefaults, given);
  const frame = await openFrame(given.port, THEME, facebookFailures(switches));
  const users = facebookUsers(frame.origin, given.users);
  const common = oauth2World(frame, given, {
    endpoints: facebookEndpoints(frame.origin),
    users,
    switches,
    application: APPLICATION,
  });
  const { clientId, clientSecret, now } = common;
  const world: FacebookWorld = {
    ...common,
    clientToken: CLIENT_TOKEN,
    keys: signingKeys(),
    codes: codeStore(now),
    devices: deviceCodes(now),
    permissions: permissions(),
    tokens: facebookTokens({ clientId, clientSecret }, now),
  };
  serveDiscovery(world);
  serveDevicePage(world);
  serveGraph(world);
  const userIdOf = userIdFinder(
    users,
    (user) => findFacebookUser(users, user)?.id,
    ({ name }) => name,
  );
  const emulator = startEmulator(frame, {
    ...world,
    provider: "facebook",
    rules: facebookSwitchRules,
    userIdOf,
    expireAccessTokens: () => world.tokens.expireUsers(),
  });
  return {
    ...emulator,
    clientToken: CLIENT_TOKEN,
    approveDevice: (userCode, choice = {}) =>
      clickDevice(frame.origin, DEVICE_PAGE_PATH, userCode, choice, userIdOf),
    rotateKeys: () => world.keys.rotate(),
    issueForeignToken: (user = users[0]?.id ?? "") => {
      const owner = users.find(({ id }) => id === userIdOf(user)) as FacebookUser;
      return world.tokens.issueUser(owner, undefined, FOREIGN_APP_ID);
    },
  };
}
