import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { OAuth2World } from "../oauth/oauth2-world.ts";
import type { GitHubEndpoints } from "./endpoints.ts";
import type { AppKeys, GitHubInstallations } from "./github-app.ts";
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
export interface GitHubWorld extends OAuth2World<GitHubEndpoints, GitHubUser, GitHubSwitches> {
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
