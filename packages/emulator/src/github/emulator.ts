import { approveDevice } from "../consent/click-through.ts";
import type { ConsentChoice } from "../consent/click-through.ts";
import { defineEmulator } from "../define-emulator.ts";
import type { DefinedEmulator } from "../defined-emulator.ts";
import type { Emulator } from "../emulator.ts";
import { codeStore } from "../oauth/authorization-codes.ts";
import { deviceCodes } from "../oauth/device-codes.ts";
import { serveApi } from "./api.ts";
import { serveAuthorization, serveMetadata } from "./authorization.ts";
import { DEVICE_PAGE_PATH, serveDeviceFlow } from "./device-flow.ts";
import { githubFailures } from "./failures.ts";
import type { GitHubFailure } from "./options.ts";
import { appKeys, githubInstallations } from "./github-app.ts";
import { githubSwitches } from "./options.ts";
import type { GitHubOptions, GitHubSwitches } from "./options.ts";
import { githubEndpoints } from "./endpoints.ts";
import type { GitHubEndpoints } from "./endpoints.ts";
import type { GitHubServer } from "./server.ts";
import { serveToken } from "./token-endpoint.ts";
import { githubTokens } from "./tokens.ts";
import { githubUsers } from "./users.ts";
import type { GitHubUser } from "./users.ts";
import { deliverWebhook } from "./webhook.ts";
import type { GitHubDelivery } from "./webhook-delivery.ts";

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
  /** Ids of the app's installations, one for each user, in the order of `users`. */
  readonly installationIds: readonly number[];
  /** Creates a private key for the app's JWTs, and resolves to it: PKCS #1 in PEM form, as downloaded from GitHub. */
  createAppKey(): Promise<string>;
  /** The secret that signs webhooks. */
  readonly webhookSecret: string;
  /**
   * Delivers a webhook to an endpoint on this machine, and resolves to its response. A payload that is a string is sent as it
   * is. Redirects are not followed.
   */
  deliverWebhook(
    url: string | URL,
    event: string,
    payload: unknown,
    delivery?: GitHubDelivery,
  ): Promise<Response>;
  /** Does over HTTP what a person with a device's user code would click. Rejects if the code is unknown. */
  approveDevice(userCode: string, choice?: ConsentChoice): Promise<void>;
}

const APP_ID = 123_456;

const MOST_REDIRECT_URIS = 10;

// https://docs.github.com/apps/creating-github-apps/registering-a-github-app/about-the-user-authorization-callback-url
function withFewRedirectUris<Base extends { readonly redirectUris: readonly string[] | undefined }>(
  base: Base,
): Base {
  if ((base.redirectUris ?? []).length <= MOST_REDIRECT_URIS) return base;
  throw new TypeError(
    `GitHub registers at most ${MOST_REDIRECT_URIS} callback URLs: shorten "redirectUris".`,
  );
}

/** The definition of the GitHub emulator. */
export const github: DefinedEmulator<GitHubOptions, GitHubEmulator> = defineEmulator({
  provider: "github",
  theme: { providerName: "GitHub", accent: "#5b3a92", accentOnDark: "#c0a4f0" },
  application: { clientId: "github-emulator-client", clientSecret: "github-emulator-secret" },
  switches: githubSwitches,
  endpoints: githubEndpoints,
  users: githubUsers,
  userNames: ({ id, login, name, emails }) => [
    String(id),
    login,
    name,
    ...emails.map(({ email }) => email),
  ],
  failures: githubFailures,
  server: (base): GitHubServer => ({
    ...withFewRedirectUris(base),
    webhookSecret: "github-emulator-webhook-secret",
    codes: codeStore(base.now),
    devices: deviceCodes(base.now),
    tokens: githubTokens(base.switches, base.now),
    appId: APP_ID,
    appKeys: appKeys(),
    installations: githubInstallations(base.users, APP_ID, base.switches, base.now),
    grants: new Map(),
  }),
  routes: [serveMetadata, serveAuthorization, serveToken, serveDeviceFlow, serveApi],
  expireAccessTokens: ({ tokens }) => tokens.expireAccess(),
  controls: (server, visit) => ({
    appId: server.appId,
    installationIds: server.installations.list.map(({ id }) => id),
    webhookSecret: server.webhookSecret,
    createAppKey: () => server.appKeys.create(),
    deliverWebhook: (url, event, payload, delivery = {}) =>
      deliverWebhook(server, String(url), event, payload, delivery),
    approveDevice: (userCode, choice) =>
      approveDevice(visit, server.origin + DEVICE_PAGE_PATH, userCode, choice),
  }),
});

/**
 * Starts an emulator of GitHub on 127.0.0.1.
 *
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
 */
export function startGitHub(options: GitHubOptions = {}): Promise<GitHubEmulator> {
  return github.start(options);
}
