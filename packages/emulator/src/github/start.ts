import { clickDevice, userIdFinder } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { openFrame, startEmulator } from "../emulator-frame.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { oauth2World } from "../oauth/oauth2-world.ts";
import { checkOptions, initialSwitches } from "../server/switches.ts";
import { serveApi } from "./api.ts";
import { serveAuthorization } from "./authorization.ts";
import { DEVICE_PAGE_PATH, serveDeviceFlow } from "./device-flow.ts";
import { githubEndpoints, serveMetadata } from "./endpoints.ts";
import type { GitHubEndpoints } from "./endpoints.ts";
import { githubFailures } from "./failures.ts";
import type { GitHubFailure } from "./failures.ts";
import { appKeys, githubInstallations } from "./github-app.ts";
import { githubDefaults, githubOptionRules, githubSwitchRules } from "./options.ts";
import type { GitHubOptions, GitHubSwitches } from "./options.ts";
import { serveToken } from "./token-endpoint.ts";
import { githubTokens } from "./tokens.ts";
import { findGitHubUser, githubUsers } from "./users.ts";
import type { GitHubUser } from "./users.ts";
import type { GitHubWorld } from "./world.ts";

/** A running emulator of GitHub. */
export interface GitHubEmulator extends Emulator<
  "github",
  GitHubEndpoints,
  GitHubUser,
  GitHubSwitches,
  GitHubFailure
> {
  /** Numeric id of the application as a GitHub App. */
  readonly appId: number;
  /** Ids of the app's installations, one for each user, in the users' order. */
  readonly installationIds: readonly number[];
  /** Makes a private key for the app's JWTs and resolves to it: PKCS #1 in PEM form, as GitHub's page downloads it. */
  createAppKey(): Promise<string>;
  /** Does what a person with a device's user code would click, over real HTTP. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
}

const APP_ID = 123_456;

const APPLICATION = {
  clientId: "github-emulator-client",
  clientSecret: "github-emulator-secret",
};

const THEME = { providerName: "GitHub", accent: "#5b3a92", accentOnDark: "#c0a4f0" };

/**
 * Starts an emulator of GitHub on 127.0.0.1.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
 */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubEmulator> {
  const given = checkOptions("The emulator of GitHub", options, githubOptionRules);
  const switches = initialSwitches(githubDefaults, given);
  const frame = await openFrame(given.port, THEME, githubFailures(given.now ?? Date.now));
  const users = githubUsers(frame.origin, given.users);
  const common = oauth2World(frame, given, {
    endpoints: githubEndpoints(frame.origin),
    users,
    switches,
    application: APPLICATION,
  });
  const { now } = common;
  const world: GitHubWorld = {
    ...common,
    codes: codeStore(now),
    devices: deviceCodes(now),
    tokens: githubTokens(switches, now),
    appId: APP_ID,
    appKeys: appKeys(),
    installations: githubInstallations(users, APP_ID, now),
    grants: new Map(),
  };
  serveMetadata(world);
  serveAuthorization(world);
  serveToken(world);
  serveDeviceFlow(world);
  serveApi(world);
  const userIdOf = userIdFinder(
    users,
    (user) => findGitHubUser(users, user)?.id.toString(),
    ({ login }) => login,
  );
  const emulator = startEmulator(frame, {
    ...world,
    provider: "github",
    rules: githubSwitchRules,
    userIdOf,
    expireAccessTokens: () => world.tokens.expireAccess(),
  });
  return {
    ...emulator,
    appId: APP_ID,
    installationIds: world.installations.list.map(({ id }) => id),
    createAppKey: () => world.appKeys.create(),
    approveDevice: (userCode, choice = {}) =>
      clickDevice(frame.origin, DEVICE_PAGE_PATH, userCode, choice, userIdOf),
  };
}
