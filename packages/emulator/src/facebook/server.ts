import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { FacebookSwitches } from "./options.ts";
import type { Permissions } from "./permissions.ts";
import type { FacebookTokens } from "./tokens.ts";
import type { FacebookUser } from "./users.ts";

export const LATEST_VERSION = "v26.0";

/** The URLs of the Facebook emulator. */
export interface FacebookEndpoints {
  /** Issuer of ID tokens. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
  /** Base URL of the Graph API with its version, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with Facebook's paths. */
export function facebookEndpoints(origin: string): FacebookEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/${LATEST_VERSION}/dialog/oauth`,
    token: `${origin}/${LATEST_VERSION}/oauth/access_token`,
    jwks: `${origin}/.well-known/oauth/openid/jwks/`,
    api: `${origin}/${LATEST_VERSION}`,
  };
}

/** The grant behind an authorization code. */
export interface FacebookCodeGrant {
  readonly user: FacebookUser;
  readonly redirectUri: string;
  readonly proofKey: ProofKey | undefined;
  readonly nonce: string | undefined;
  readonly withIdToken: boolean;
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
  readonly codes: CodeStore<FacebookCodeGrant>;
  readonly devices: DeviceCodes<FacebookUser>;
  readonly permissions: Permissions;
  readonly tokens: FacebookTokens;
}
