import type { EmulatorServer } from "../emulator-server.ts";
import type { CodeStore, ProofKey } from "../oauth/authorization-codes.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { GoogleSwitches } from "./options.ts";
import type { GoogleGrants } from "./scopes.ts";
import type { ServiceAccounts } from "./service-accounts.ts";
import type { GoogleTokens } from "./tokens.ts";
import type { GoogleUser } from "./users.ts";

/** The URLs of the Google emulator. */
export interface GoogleEndpoints {
  /** Issuer of callbacks and ID tokens, and base URL of the discovery document. */
  readonly issuer: string;
  /** Authorization endpoint, with the consent page. */
  readonly authorization: string;
  /** Token endpoint. */
  readonly token: string;
  /** Userinfo endpoint. */
  readonly userInfo: string;
  /** Key set for ID tokens. */
  readonly jwks: string;
  /** Revocation endpoint. */
  readonly revocation: string;
  /** Device authorization endpoint. */
  readonly deviceAuthorization: string;
  /** Base URL of the sample APIs, without a trailing slash. */
  readonly api: string;
}

/** Returns the URLs, with Google's paths. Google spreads them over several hosts. */
export function googleEndpoints(origin: string): GoogleEndpoints {
  return {
    issuer: origin,
    authorization: `${origin}/o/oauth2/v2/auth`,
    token: `${origin}/token`,
    userInfo: `${origin}/v1/userinfo`,
    jwks: `${origin}/oauth2/v3/certs`,
    revocation: `${origin}/revoke`,
    deviceAuthorization: `${origin}/device/code`,
    api: origin,
  };
}

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
  readonly codes: CodeStore<GoogleCodeGrant>;
  readonly devices: DeviceCodes<GoogleDeviceGrant>;
  readonly grants: GoogleGrants;
  readonly tokens: GoogleTokens;
  readonly serviceAccounts: ServiceAccounts;
}
