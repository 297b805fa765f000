import type { Hono } from "hono";
import type { ConsentDesk } from "../consent/consent-desk.ts";
import type { PageTheme } from "../consent/page-theme.ts";
import type { CodeStore } from "../oauth/code-store.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { ProofKey } from "../oauth/pkce.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import type { AppKeys } from "./app-keys.ts";
import type { GitHubEndpoints } from "./endpoints.ts";
import type { GitHubInstallations } from "./installations.ts";
import type { GitHubSwitches } from "./options.ts";
import type { GitHubTokens } from "./tokens.ts";
import type { GitHubUser } from "./users.ts";

/** What an authorization code stands for. */
export interface GitHubCodeGrant {
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly offlineAccess: boolean;
}

/** What a device code stands for once its user said yes. */
interface GitHubDeviceGrant {
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly offlineAccess: boolean;
}

/** All that the GitHub emulator knows. */
export interface GitHubWorld {
  readonly app: Hono<EmulatorEnv>;
  readonly origin: string;
  readonly endpoints: GitHubEndpoints;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applicationName: string;
  readonly redirectUris: readonly string[] | undefined;
  readonly users: readonly GitHubUser[];
  readonly switches: GitHubSwitches;
  readonly now: () => number;
  readonly desk: ConsentDesk;
  readonly theme: PageTheme;
  readonly codes: CodeStore<GitHubCodeGrant>;
  readonly devices: DeviceCodes<GitHubDeviceGrant>;
  readonly tokens: GitHubTokens;
  /** Numeric id of the GitHub App. */
  readonly appId: number;
  readonly appKeys: AppKeys;
  readonly installations: GitHubInstallations;
  /** The scopes that each user, by id, has granted so far. */
  readonly grants: Map<number, readonly string[]>;
}
