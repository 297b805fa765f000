import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { OAuth2World } from "../oauth/oauth2-world.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { FacebookEndpoints } from "./endpoints.ts";
import type { FacebookSwitches } from "./options.ts";
import type { Permissions } from "./permissions.ts";
import type { FacebookTokens } from "./tokens.ts";
import type { FacebookUser } from "./users.ts";

/** What an authorization code stands for. */
export interface FacebookCodeGrant {
  readonly user: FacebookUser;
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly nonce: string | undefined;
  readonly withIdToken: boolean;
}

/** All that the Facebook emulator knows. */
export interface FacebookWorld extends OAuth2World<
  FacebookEndpoints,
  FacebookUser,
  FacebookSwitches
> {
  /** What devices carry in place of the secret, as `clientId|clientToken`. */
  readonly clientToken: string;
  readonly keys: SigningKeys;
  readonly codes: CodeStore<FacebookCodeGrant>;
  readonly devices: DeviceCodes<FacebookUser>;
  readonly permissions: Permissions;
  readonly tokens: FacebookTokens;
}
