import type { FacebookEndpoints } from "./endpoints.ts";
import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { FacebookSwitches } from "./options.ts";
import type { Permissions } from "./permissions.ts";
import type { FacebookTokens } from "./tokens.ts";
import type { FacebookUser } from "./users.ts";

/** The grant behind an authorization code. */
export interface FacebookCodeGrant {
  readonly user: FacebookUser;
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly nonce: string | undefined;
  readonly withIdToken: boolean;
  /** How long the token of a system user lives; undefined for a token of the user. */
  readonly systemUser: "never-expires" | "60-days" | undefined;
  /** Whether a server made the code for another client of the app, which has no secret. */
  readonly forClient: boolean;
}

/** The state of the Facebook emulator. */
export interface FacebookServer extends EmulatorServer<
  FacebookEndpoints,
  FacebookUser,
  FacebookSwitches
> {
  /** The token that devices send in place of the secret, as `clientId|clientToken`. */
  readonly clientToken: string;
  readonly keys: SigningKeys;
  /** The keys of the host for Limited Login. */
  readonly limitedKeys: SigningKeys;
  readonly codes: CodeStore<FacebookCodeGrant>;
  readonly devices: DeviceCodes<FacebookUser>;
  readonly permissions: Permissions;
  readonly tokens: FacebookTokens;
}
