import type { OAuth2Client, OAuth2ClientOptions } from "@grantkit/core";
import { type GoogleEmulator, startFacebook, startGitHub, startGoogle } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import { GoogleClient } from "@grantkit/provider-google";
import type { Arrived } from "../flows/token-placement.ts";
import { credentials } from "../settings.ts";
import { facebookFaults, githubFaults, googleFaults } from "./faults/emulator-faults.ts";
import type { Opening } from "./open-targets.ts";
import type { Fault } from "./fault.ts";
import type { Target } from "./target.ts";

type PresetOptions = OAuth2ClientOptions & { readonly endpoints?: object };

/** What differs between the presets. */
interface Preset extends Pick<
  Target,
  "title" | "teaser" | "scopes" | "defaultScopes" | "sample" | "without"
> {
  readonly id: "google" | "github" | "facebook";
  readonly className: string;
  readonly make: (options: PresetOptions) => OAuth2Client;
  /** Starts the emulator. */
  readonly start: (options: ReturnType<Opening["emulationOf"]>) => Promise<Emulated>;
}

interface Emulated {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: object;
  readonly close: () => Promise<void>;
  readonly faults: readonly Fault[];
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
    without: {},
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
    without: {},
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
    without: {},
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
  const { id, title, teaser, scopes, defaultScopes, sample, without, className, make } = preset;
  const prefix = id.toUpperCase();
  const real = credentials(opening.environment, `${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`);
  const emulator = real ? undefined : await preset.start(opening.emulationOf(id));
  if (emulator) opening.running.push(emulator);
  const { clientId = "", clientSecret = "" } = real ?? emulator ?? {};
  const registered = {
    clientId,
    clientSecret,
    ...(emulator && { endpoints: emulator.endpoints }),
  };
  const redirectUri = `${opening.publicUrl}/callback/${id}`;
  const createClient: Target["createClient"] = (values, change) => {
    const options = {
      ...opening.shared,
      ...registered,
      clientId: values.text("client_id") ?? clientId,
      clientSecret: values.text("client_secret") ?? clientSecret,
      redirectUri: values.text("redirect_uri") ?? redirectUri,
    };
    return make({ ...options, ...change?.(options) });
  };
  const { authorization = opening.publicUrl } = make({ ...opening.shared, ...registered }).provider
    .endpoints;
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
    without,
    code: { module: `@grantkit/provider-${id}`, className },
    createClient,
    ...(emulator && {
      expireAccessTokens: () => emulator.expireAccessTokens(),
      received: (accessToken: string) => receivedBy(emulator, accessToken),
    }),
    faults: emulator?.faults ?? [],
  };
}
