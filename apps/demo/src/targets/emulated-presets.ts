import type { OAuth2Client, OAuth2ClientOptions } from "@grantkit/core";
import {
  type GoogleEmulator,
  startFacebook,
  startGitHub,
  startGoogle,
  startMicrosoft,
} from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import { GoogleClient } from "@grantkit/provider-google";
import { MicrosoftClient } from "@grantkit/provider-microsoft";
import { clientOptions } from "../client/client-options.ts";
import { FormValues } from "../flows/form-values.ts";
import type { Arrived } from "../flows/token-placement.ts";
import { credentials } from "../settings.ts";
import type { Fault } from "./fault.ts";
import {
  facebookFaults,
  githubFaults,
  googleFaults,
  microsoftFaults,
} from "./faults/emulator-faults.ts";
import { commonFaults } from "./faults/mistakes.ts";
import { missingParts } from "./missing-parts.ts";
import type { Opening } from "./open-targets.ts";
import { type HasServiceAccounts, serviceAccounts } from "./service-accounts.ts";
import type { Registration, Target, TypedCredentials } from "./target.ts";

type PresetOptions = OAuth2ClientOptions & {
  readonly endpoints?: object;
  readonly clientToken?: string;
};

/** What differs between the presets. */
interface Preset extends Pick<
  Target,
  "title" | "teaser" | "scopes" | "defaultScopes" | "sample" | "without" | "hasOwnDeviceFlow"
> {
  readonly id: "google" | "github" | "facebook" | "microsoft";
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
  {
    id: "microsoft",
    title: "Microsoft",
    teaser: "Entra ID: one client for the users of every tenant, and Microsoft Graph.",
    scopes: ["openid", "profile", "email", "offline_access", "User.Read"],
    defaultScopes: ["openid", "profile", "email", "offline_access", "User.Read"],
    sample: "/me",
    without: {},
    className: "MicrosoftClient",
    make: (options) => new MicrosoftClient(options),
    start: async (options) => {
      const emulator = await startMicrosoft(options);
      const { adminConsent: _adminConsent, issuer, ...endpoints } = emulator.endpoints;
      // Microsoft's own template names the tenant otherwise than the claim of its ID tokens.
      const template = issuer.replace("{tenantid}", "{tid}");
      return Object.assign(emulator, {
        endpoints: { ...endpoints, issuer: { template } },
        faults: microsoftFaults(emulator),
      });
    },
  },
];

/** Opens the presets: the real provider if the environment has its credentials, the emulator otherwise. */
export function openPresets(opening: Opening): Promise<readonly Target[]> {
  return Promise.all(PRESETS.map((preset) => openPreset(preset, opening)));
}

async function openPreset(preset: Preset, opening: Opening): Promise<Target> {
  const { id, start } = preset;
  const prefix = id.toUpperCase();
  const real = credentials(opening.environment, `${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`);
  if (real) return presetTarget(preset, opening, { id, app: real });
  const emulator = await start(opening.emulationOf(id));
  opening.running.push(emulator);
  return presetTarget(preset, opening, { id, app: emulator, emulator });
}

/** A preset's target: the emulator's app, that of the environment, or one that the person typed in. */
function presetTarget(
  preset: Preset,
  opening: Opening,
  {
    id,
    app,
    emulator,
  }: {
    readonly id: string;
    readonly app: Pick<TypedCredentials, "clientId" | "clientSecret">;
    readonly emulator?: Emulated;
  },
): Target {
  const { start: _start, make, className, id: mark, ...shown } = preset;
  const { keys, shared, publicUrl } = opening;
  const callbackUrl = `${publicUrl}/callback/${id}`;
  const registered = { ...app, redirectUri: callbackUrl };
  const own = { ...shared, ...optionsAt(emulator) };
  const createClient: Target["createClient"] = (values, change) => {
    const options = { ...own, ...clientOptions(values, registered, keys) };
    return make({ ...options, ...change?.(options) });
  };
  const { provider } = createClient(new FormValues());
  const { authorization = publicUrl } = provider.endpoints;
  const realId = `real-${mark}`;
  const registration: Registration = {
    isMissing: false,
    callbackUrl: `${publicUrl}/callback/${realId}`,
    open: (typed) => ({
      target: { ...presetTarget(preset, opening, { id: realId, app: typed }), typed: true },
      elsewhere: [],
    }),
  };
  return {
    ...shown,
    id,
    mark,
    kind: emulator ? "emulator" : "real provider",
    origin: emulator?.origin,
    authorizationOrigins: [new URL(authorization).origin],
    callbackUrl,
    without: { ...missingParts(provider, shown.title), ...shown.without },
    code: { module: `@grantkit/provider-${mark}`, className },
    createClient,
    registration,
    ...(emulator && {
      expireAccessTokens: () => emulator.expireAccessTokens(),
      received: (accessToken: string) => receivedBy(emulator, accessToken),
    }),
    ...(mark === "google" && { serviceAccount: serviceAccounts(shared, emulator) }),
    faults: [...(emulator?.faults ?? []), ...commonFaults(shown)],
  };
}

function optionsAt(
  emulator: Emulated | undefined,
): Pick<PresetOptions, "endpoints" | "clientToken"> {
  if (!emulator) return {};
  const { endpoints, clientToken } = emulator;
  return { endpoints, ...(clientToken !== undefined && { clientToken }) };
}
