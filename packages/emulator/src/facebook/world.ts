import type { Hono } from "hono";
import type { ConsentDesk } from "../consent/consent-desk.ts";
import type { PageTheme } from "../consent/page-theme.ts";
import type { CodeStore } from "../oauth/code-store.ts";
import type { DeviceCodes } from "../oauth/device-codes.ts";
import type { ProofKey } from "../oauth/pkce.ts";
import type { SigningKeys } from "../oauth/signing-keys.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
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
export interface FacebookWorld {
  readonly app: Hono<EmulatorEnv>;
  readonly origin: string;
  readonly endpoints: FacebookEndpoints;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What devices carry in place of the secret, as `clientId|clientToken`. */
  readonly clientToken: string;
  readonly applicationName: string;
  readonly redirectUris: readonly string[] | undefined;
  readonly users: readonly FacebookUser[];
  readonly switches: FacebookSwitches;
  readonly now: () => number;
  readonly desk: ConsentDesk;
  readonly theme: PageTheme;
  readonly keys: SigningKeys;
  readonly codes: CodeStore<FacebookCodeGrant>;
  readonly devices: DeviceCodes<FacebookUser>;
  readonly permissions: Permissions;
  readonly tokens: FacebookTokens;
}
