import type { GitHubEndpoints } from "./endpoints.ts";
import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { AppKeys, GitHubInstallations } from "./github-app.ts";
import type { GitHubSwitches } from "./options.ts";
import type { GitHubTokens } from "./tokens.ts";
import type { GitHubUser } from "./users.ts";

/** The grant behind an authorization code. */
export interface GitHubCodeGrant {
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly offlineAccess: boolean;
}

/** The grant behind a device code that the user approved. */
interface GitHubDeviceGrant {
  readonly user: GitHubUser;
  readonly scopes: readonly string[];
  readonly offlineAccess: boolean;
}

/** The state of the GitHub emulator. */
export interface GitHubServer extends EmulatorServer<GitHubEndpoints, GitHubUser, GitHubSwitches> {
  readonly codes: CodeStore<GitHubCodeGrant>;
  readonly devices: DeviceCodes<GitHubDeviceGrant>;
  readonly tokens: GitHubTokens;
  /** Numeric id of the GitHub App. */
  readonly appId: number;
  readonly appKeys: AppKeys;
  readonly webhookSecret: string;
  readonly installations: GitHubInstallations;
  /** The scopes that each user has granted so far, by user id. */
  readonly grants: Map<number, readonly string[]>;
}
