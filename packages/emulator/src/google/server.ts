import type { GoogleEndpoints } from "./endpoints.ts";
import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { DpopState } from "./dpop.ts";
import type { GoogleSwitches } from "./options.ts";
import type { GoogleGrants } from "./scopes.ts";
import type { ServiceAccounts } from "./service-accounts.ts";
import type { GoogleTokens } from "./tokens.ts";
import type { GoogleUser } from "./users.ts";

/** The grant behind an authorization code. */
export interface GoogleCodeGrant {
  readonly user: GoogleUser;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly nonce: string | undefined;
  readonly withRefreshToken: boolean;
}

/** The grant behind a device code that the user approved. */
interface GoogleDeviceGrant {
  readonly user: GoogleUser;
  readonly scopes: readonly string[];
}

/** The state of the Google emulator. */
export interface GoogleServer extends EmulatorServer<GoogleEndpoints, GoogleUser, GoogleSwitches> {
  readonly keys: SigningKeys;
  /** The keys of the identity provider of workloads outside of Google. */
  readonly externalKeys: SigningKeys;
  readonly codes: CodeStore<GoogleCodeGrant>;
  readonly devices: DeviceCodes<GoogleDeviceGrant>;
  readonly grants: GoogleGrants;
  readonly tokens: GoogleTokens;
  readonly serviceAccounts: ServiceAccounts;
  readonly dpop: DpopState;
}
