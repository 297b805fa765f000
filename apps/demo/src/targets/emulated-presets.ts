import type { OAuth2Client, OAuth2ClientOptions } from "@grantkit/core";
import { type GoogleEmulator, startFacebook, startGitHub, startGoogle } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import { GoogleClient } from "@grantkit/provider-google";
import { clientOptions } from "../client/client-options.ts";
import type { Arrived } from "../flows/token-placement.ts";
import { credentials } from "../settings.ts";
import type { Fault } from "./fault.ts";
import { facebookFaults, githubFaults, googleFaults } from "./faults/emulator-faults.ts";
import { missingParts } from "./missing-parts.ts";
import type { Opening } from "./open-targets.ts";
import { type HasServiceAccounts, serviceAccounts } from "./service-accounts.ts";
import type { Target } from "./target.ts";

type PresetOptions = OAuth2ClientOptions & {
  readonly endpoints?: object;
  readonly clientToken?: string;
};

/** What differs between the presets. */
interface Preset extends Pick<
  Target,
  "title" | "teaser" | "scopes" | "defaultScopes" | "sample" | "without" | "hasOwnDeviceFlow"
> {
  readonly id: "google" | "github" | "facebook";
  readonly className: string;
  readonly make: (options: PresetOptions) => OAuth2Client;
  /** Starts the emulator. */
  readonly start: (options: ReturnType<Opening["emulationOf"]>) => Promise<Emulated>;
}

interface Emulated extends HasServiceAccounts {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly close: () => Promise<void>;
  readonly faults: readonly Fault[];
  /** Facebook's, for devices. */
  readonly clientToken?: string;
  readonly expireAccessTokens: () => void;
  readonly requests: GoogleEmulator["requests"];
}

function receivedBy({ requests }: Emulated, accessToken: string): Arrived | undefined {
  const received = requests.findLast(({ url, headers, rawBody }) =>
    [url, headers["authorization"], rawBody].some((part) => part?.includes(accessToken)),
  );
  if (!received) return undefined;
  const { method, url, headers, rawBody: body } = received;
  return { method, url, authorization: headers["authorization"], body };
}

const PRESETS: readonly Preset[] = [
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
    make: (options) => new GoogleClient(options),
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
    without: {
      implicit: "GitHub gives codes only.",
      "client-credentials": "GitHub gives tokens to apps by keys of theirs, not by this grant.",
      password: "GitHub has no password grant.",
      "jwt-bearer": "GitHub has no such grant: the JWTs of GitHub Apps go to its API.",
      "token-exchange": "GitHub has no token exchange.",
    },
    className: "GitHubClient",
    make: (options) => new GitHubClient(options),
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
    without: {
      password: "Facebook has no password grant.",
      "jwt-bearer": "Facebook has no such grant.",
      "token-exchange": "Facebook has a grant of its own for this: fetchLongLivedToken().",
      // The definition has no endpoint for it, and FacebookClient can do it all the same.
      device: undefined,
    },
    hasOwnDeviceFlow: true,
    className: "FacebookClient",
    make: (options) => new FacebookClient(options),
    start: async (options) => {
      const emulator = await startFacebook(options);
      return Object.assign(emulator, { faults: facebookFaults(emulator) });
    },
  },
];

/** Opens the presets: the real provider if the environment has its credentials, the emulator otherwise. */
export function openPresets(opening: Opening): Promise<readonly Target[]> {
  return Promise.all(PRESETS.map((preset) => openPreset(preset, opening)));
}

async function openPreset(preset: Preset, opening: Opening): Promise<Target> {
  const { id, title, teaser, scopes, defaultScopes, sample, className, make } = preset;
  const { keys, shared } = opening;
  const { emulator, clientId, clientSecret } = await registrationOf(preset, opening);
  const callbackUrl = `${opening.publicUrl}/callback/${id}`;
  const registered = { clientId, clientSecret, redirectUri: callbackUrl };
  const own = { ...shared, ...optionsAt(emulator) };
  const { provider } = make({ ...own, ...registered });
  const { authorization = opening.publicUrl } = provider.endpoints;
  return {
    id,
    title,
    teaser,
    kind: emulator ? "emulator" : "real provider",
    origin: emulator?.origin,
    authorizationOrigins: [new URL(authorization).origin],
    scopes,
    defaultScopes,
    sample,
    callbackUrl,
    without: { ...missingParts(provider, title), ...preset.without },
    code: { module: `@grantkit/provider-${id}`, className },
    createClient: (values, change) => {
      const options = { ...own, ...clientOptions(values, registered, keys) };
      return make({ ...options, ...change?.(options) });
    },
    ...(emulator && {
      expireAccessTokens: () => emulator.expireAccessTokens(),
      received: (accessToken: string) => receivedBy(emulator, accessToken),
    }),
    ...(preset.hasOwnDeviceFlow && { hasOwnDeviceFlow: true }),
    ...(id === "google" && { serviceAccount: serviceAccounts(shared, emulator) }),
    faults: emulator?.faults ?? [],
  };
}

/** What a client has: the real provider's credentials, or those of the emulator, which is started. */
async function registrationOf({ id, start }: Preset, opening: Opening) {
  const prefix = id.toUpperCase();
  const real = credentials(opening.environment, `${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`);
  if (real) return { ...real, emulator: undefined };
  const emulator = await start(opening.emulationOf(id));
  opening.running.push(emulator);
  const { clientId, clientSecret } = emulator;
  return { clientId, clientSecret, emulator };
}

function optionsAt(
  emulator: Emulated | undefined,
): Pick<PresetOptions, "endpoints" | "clientToken"> {
  if (!emulator) return {};
  const { endpoints, clientToken } = emulator;
  return { endpoints, ...(clientToken !== undefined && { clientToken }) };
}
