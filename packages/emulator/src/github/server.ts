import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { AppKeys, GitHubInstallations } from "./github-app.ts";
import type { GitHubSwitches } from "./options.ts";
import type { GitHubTokens } from "./tokens.ts";
import type { GitHubUser } from "./users.ts";

/** The URLs of the GitHub emulator. */
export interface GitHubEndpoints {
  /** Issuer of callbacks. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Device authorization endpoint. */
  readonly deviceAuthorization: string;
  /** Base URL of the REST API, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with GitHub's paths. The REST API, which has its own host at GitHub, is below `/api`. */
export function githubEndpoints(origin: string): GitHubEndpoints {
  return {
    issuer: `${origin}/login/oauth`,
    authorization: `${origin}/login/oauth/authorize`,
    token: `${origin}/login/oauth/access_token`,
    deviceAuthorization: `${origin}/login/device/code`,
    api: `${origin}/api`,
  };
}

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
  readonly installations: GitHubInstallations;
  /** The scopes that each user has granted so far, by user id. */
  readonly grants: Map<number, readonly string[]>;
}
