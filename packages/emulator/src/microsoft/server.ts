import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { B2cGrants } from "./b2c-grants.ts";
import type { ClaimsRequest } from "./claims-request.ts";
import type { ContinuousAccess } from "./continuous-access.ts";
import type { Certificates } from "./certificates.ts";
import type { MicrosoftEndpoints } from "./endpoints.ts";
import type { MicrosoftSwitches } from "./options.ts";
import type { MicrosoftTokens } from "./tokens.ts";
import type { MicrosoftUser } from "./users.ts";

/** What a user granted to the application. */
export interface MicrosoftGrant {
  readonly user: MicrosoftUser;
  readonly scopes: readonly string[];
  readonly nonce?: string | undefined;
  /** The `claims` parameter of the requests. */
  readonly claims?: ClaimsRequest;
}

/** The grant behind an authorization code. */
export interface MicrosoftCodeGrant extends MicrosoftGrant {
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
}

/** The state of the Microsoft emulator. */
export interface MicrosoftServer extends EmulatorServer<
  MicrosoftEndpoints,
  MicrosoftUser,
  MicrosoftSwitches
> {
  /** The keys of organizations. */
  readonly keys: SigningKeys;
  /** The keys of personal accounts. */
  readonly consumerKeys: SigningKeys;
  /** The keys of Azure AD B2C. */
  readonly b2cKeys: SigningKeys;
  /** The keys of another identity provider, whose tokens the application may send as client assertions. */
  readonly federatedKeys: SigningKeys;
  readonly certificates: Certificates;
  readonly codes: CodeStore<MicrosoftCodeGrant>;
  readonly devices: DeviceCodes<MicrosoftGrant>;
  readonly tokens: MicrosoftTokens;
  readonly b2cGrants: B2cGrants;
  readonly continuousAccess: ContinuousAccess;
  /** The last answer of the managed identity endpoints for each resource. */
  readonly identityTokens: Map<string, object>;
  /** The ids of the users who have consented, the last one at the end. */
  readonly consented: Set<string>;
}
