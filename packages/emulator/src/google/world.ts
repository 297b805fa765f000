import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { OAuth2World } from "../oauth/oauth2-world.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { GoogleEndpoints } from "./endpoints.ts";
import type { GoogleSwitches } from "./options.ts";
import type { GoogleGrants } from "./scopes.ts";
import type { ServiceAccounts } from "./service-accounts.ts";
import type { GoogleTokens } from "./tokens.ts";
import type { GoogleUser } from "./users.ts";

/** What an authorization code stands for. */
export interface GoogleCodeGrant {
  readonly user: GoogleUser;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly nonce: string | undefined;
  readonly withRefreshToken: boolean;
}

/** What a device code stands for once its user said yes. */
interface GoogleDeviceGrant {
  readonly user: GoogleUser;
  readonly scopes: readonly string[];
}

/** All that the Google emulator knows. */
export interface GoogleWorld extends OAuth2World<GoogleEndpoints, GoogleUser, GoogleSwitches> {
  readonly keys: SigningKeys;
  readonly codes: CodeStore<GoogleCodeGrant>;
  readonly devices: DeviceCodes<GoogleDeviceGrant>;
  readonly grants: GoogleGrants;
  readonly tokens: GoogleTokens;
  readonly serviceAccounts: ServiceAccounts;
}
