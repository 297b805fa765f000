import {
  type GoogleEmulator,
  startFacebook,
  startGitHub,
  startGoogle,
  startMicrosoft,
} from "@grantkit/emulator";
import type { Fault } from "./fault.ts";
import {
  facebookFaults,
  githubFaults,
  googleFaults,
  microsoftFaults,
} from "./faults/emulator-faults.ts";
import { GOOGLES_OFFLINE_ACCESS } from "./offline-access.ts";
import type { Opening } from "./open-targets.ts";
import type { PresetId } from "./preset-clients.ts";
import type { HasServiceAccounts } from "./service-accounts.ts";
import type { Target } from "./target.ts";

/** What differs between the presets. */
export interface Preset extends Pick<
  Target,
  | "title"
  | "teaser"
  | "scopes"
  | "defaultScopes"
  | "sample"
  | "without"
  | "implicitTypes"
  | "offlineAccess"
  | "hasOwnDeviceFlow"
> {
  readonly id: PresetId;
  readonly className: string;
  /** Options that the client always has, for "copy as Grantkit code". */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Starts the emulator. */
  readonly start: (options: ReturnType<Opening["emulationOf"]>) => Promise<Emulated>;
}

/** A running emulator, with its faults. */
export interface Emulated extends HasServiceAccounts {
  readonly origin: string;
  readonly endpoints: object;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly close: () => Promise<void>;
  readonly faults: readonly Fault[];
  /** Why a flow does not work at the emulator, although it may at the real provider. */
  readonly without?: Target["without"];
  /** Facebook's, for devices. */
  readonly clientToken?: string;
  readonly expireAccessTokens: () => void;
  readonly requests: GoogleEmulator["requests"];
}

/** The providers that have a package. */
export const PRESETS: readonly Preset[] = [
  {
    id: "google",
    title: "Google",
    teaser: "OpenID Connect: a verified ID token, and a refresh token.",
    scopes: [
      "openid",
      "email",
      "profile",
      "https://www.googleapis.com/auth/calendar.readonly",
      "https://www.googleapis.com/auth/drive.file",
    ],
    defaultScopes: ["openid", "email", "profile"],
    sample: "/oauth2/v3/userinfo",
    implicitTypes: ["id_token token", "token"],
    offlineAccess: GOOGLES_OFFLINE_ACCESS,
    without: {
      "service-account": undefined,
      "client-credentials":
        "Google gives tokens to apps as service accounts only: choose that flow.",
      password: "Google has no password grant.",
      "jwt-bearer": "Google takes assertions of service accounts only: choose that flow.",
      "token-exchange":
        "Google exchanges tokens of workloads only, at an endpoint of its own: see GoogleExternalAccount.",
    },
    className: "GoogleClient",
    start: async (options) => {
      const emulator = await startGoogle(options);
      return Object.assign(emulator, { faults: googleFaults(emulator) });
    },
  },
  {
    id: "github",
    title: "GitHub",
    teaser:
      "OAuth 2.0 with errors of status 200, comma-separated scopes and rotating refresh tokens.",
    scopes: ["read:user", "user:email", "repo", "read:org", "gist", "offline_access"],
    defaultScopes: ["read:user", "user:email"],
    sample: "/user/repos?per_page=3",
    implicitTypes: [],
    without: {
      implicit: "GitHub gives codes only.",
      "client-credentials": "GitHub gives tokens to apps by keys of theirs, not by this grant.",
      password: "GitHub has no password grant.",
      "jwt-bearer": "GitHub has no such grant: the JWTs of GitHub Apps go to its API.",
      "token-exchange": "GitHub has no token exchange.",
    },
    className: "GitHubClient",
    start: async (options) => {
      const emulator = await startGitHub({ ...options, expiringTokens: true });
      return Object.assign(emulator, { faults: githubFaults(emulator) });
    },
  },
  {
    id: "facebook",
    title: "Facebook",
    teaser: "OAuth 2.0 and the Graph API, with the token in the header or in the query.",
    scopes: ["public_profile", "email", "user_friends", "pages_show_list"],
    defaultScopes: ["public_profile", "email"],
    sample: "/me/permissions",
    implicitTypes: ["token"],
    without: {
      password: "Facebook has no password grant.",
      "jwt-bearer": "Facebook has no such grant.",
      "token-exchange": "Facebook has a grant of its own for this: fetchLongLivedToken().",
      // The definition has no endpoint for it, and FacebookClient can do it all the same.
      device: undefined,
    },
    hasOwnDeviceFlow: true,
    className: "FacebookClient",
    start: async (options) => {
      const emulator = await startFacebook(options);
      return Object.assign(emulator, { faults: facebookFaults(emulator) });
    },
  },
  {
    id: "microsoft",
    title: "Microsoft",
    teaser: "Entra ID: one client for the users of every tenant, and Microsoft Graph.",
    scopes: ["openid", "profile", "email", "offline_access", "User.Read"],
    defaultScopes: ["openid", "profile", "email", "offline_access", "User.Read"],
    sample: "/me",
    implicitTypes: ["id_token token", "token"],
    without: {
      "client-credentials":
        "Microsoft gives tokens to apps within one tenant only, and this client is for the users of every tenant.",
      "jwt-bearer":
        "Microsoft takes the access token of a user as the assertion (on behalf of), and none that an app signs.",
      "token-exchange": "Microsoft has no token exchange: its APIs act on behalf of a user.",
    },
    className: "MicrosoftClient",
    extra: { continuousAccess: true },
    start: async (options) => {
      const emulator = await startMicrosoft(options);
      return Object.assign(emulator, {
        faults: microsoftFaults(emulator),
        without: {
          password:
            "Microsoft advises against passwords, and its emulator does not take them: try the local server.",
          implicit:
            "Microsoft gives tokens like this only to apps whose registration allows it, and the emulator's does not: try Google's emulator.",
        },
      });
    },
  },
];
