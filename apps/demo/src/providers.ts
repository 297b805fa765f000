import type { OAuth2Client, OAuth2ClientOptions } from "@grantkit/core";
import { startFacebook, startGitHub, startGoogle } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import { GoogleClient } from "@grantkit/provider-google";
import { recordingAdapter } from "./recording-adapter.ts";

/** A provider as the demo shows it. */
export interface DemoProvider {
  /** In URLs, and the provider's name in core. */
  readonly name: string;
  readonly title: string;
  /** In place of a logo. */
  readonly mark: string;
  /** One line on what there is to see. */
  readonly teaser: string;
  readonly client: OAuth2Client;
  /** Begins a sign-in, with the options that show most. */
  readonly begin: () => ReturnType<OAuth2Client["authorizationRequest"]>;
  /** A path or URL of the API to try the token with. */
  readonly sample: string;
  /** Why the token cannot go into the query; undefined where it can. */
  readonly noQuery?: string;
  /** Why there may be no refresh token. */
  readonly noRefresh: string;
  /** What no e-mail address means. */
  readonly noEmail: string;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator?: string | undefined;
}

/** What decides between the emulators and the real providers, and what ends with the demo. */
export interface ProvidersOptions {
  /** Where the demo is seen from outside, for example `http://localhost:3000`. */
  readonly publicUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: OAuth2ClientOptions["clock"];
}

type Settings = OAuth2ClientOptions & { readonly endpoints?: object };

/** The three providers: real where the environment has credentials, emulated otherwise. */
export async function openProviders(options: ProvidersOptions): Promise<{
  readonly providers: readonly DemoProvider[];
  readonly close: () => Promise<void>;
}> {
  const running: { close(): Promise<void> }[] = [];
  const settle = async (
    name: string,
    start: () => Promise<Emulation>,
  ): Promise<{ settings: Settings; emulator: string | undefined }> => {
    const shared = {
      redirectUri: `${options.publicUrl}/callback/${name}`,
      http: { adapter: recordingAdapter },
      ...(options.clock && { clock: options.clock }),
    };
    const real = credentials(options.environment, name);
    if (real) return { settings: { ...shared, ...real }, emulator: undefined };
    const emulator = await start();
    running.push(emulator);
    const { clientId, clientSecret, endpoints, origin } = emulator;
    return { settings: { ...shared, clientId, clientSecret, endpoints }, emulator: origin };
  };
  const emulation = (name: string) => ({
    applicationName: "Grantkit playground",
    // Left to itself an emulator takes addresses of this machine only, and PUBLIC_URL may be another.
    redirectUris: [`${options.publicUrl}/callback/${name}`],
    ...(options.clock && { now: () => options.clock?.now() ?? 0 }),
  });
  const google = await settle("google", () => startGoogle(emulation("google")));
  const github = await settle("github", () =>
    startGitHub({ expiringTokens: true, ...emulation("github") }),
  );
  const facebook = await settle("facebook", () => startFacebook(emulation("facebook")));
  return {
    providers: [googleDemo(google), githubDemo(github), facebookDemo(facebook)],
    close: async () => {
      await Promise.all(running.map((emulator) => emulator.close()));
    },
  };
}

interface Emulation {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly origin: string;
  readonly endpoints: object;
  close(): Promise<void>;
}

interface Settled {
  readonly settings: Settings;
  readonly emulator: string | undefined;
}

/** `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`, and so on for the others; both or neither. */
function credentials(
  environment: ProvidersOptions["environment"],
  name: string,
): { clientId: string; clientSecret: string } | undefined {
  const id = `${name.toUpperCase()}_CLIENT_ID`;
  const secret = `${name.toUpperCase()}_CLIENT_SECRET`;
  const clientId = environment[id];
  const clientSecret = environment[secret];
  if (!clientId && !clientSecret) return undefined;
  if (!clientId || !clientSecret) {
    throw new Error(
      `Set both ${id} and ${secret} for the real provider, or neither for the emulator.`,
    );
  }
  return { clientId, clientSecret };
}

function googleDemo({ settings, emulator }: Settled): DemoProvider {
  const client = new GoogleClient(settings);
  return {
    name: "google",
    title: "Google",
    mark: "G",
    teaser: "OpenID Connect: an ID token whose signature is verified, and a refresh token.",
    client,
    begin: () => client.authorizationRequest({ accessType: "offline", prompt: "consent" }),
    sample: client.provider.endpoints.userInfo ?? "",
    noQuery:
      "Google's APIs are moving away from tokens in URLs, so the preset uses the header only.",
    noRefresh: "Google sent no refresh token this time.",
    noEmail: "none given",
    emulator,
  };
}

function githubDemo({ settings, emulator }: Settled): DemoProvider {
  const client = new GitHubClient(settings);
  return {
    name: "github",
    title: "GitHub",
    mark: "GH",
    teaser:
      "Errors with status 200, scopes with commas, tokens that rotate: none of it your problem.",
    client,
    begin: () => client.authorizationRequest(),
    sample: "/user/repos?per_page=3",
    noQuery: "GitHub has not taken tokens in URLs since 2021.",
    noRefresh: "This app's tokens do not expire, so there is nothing to refresh.",
    noEmail: "no verified primary address",
    emulator,
  };
}

function facebookDemo({ settings, emulator }: Settled): DemoProvider {
  const client = new FacebookClient(settings);
  return {
    name: "facebook",
    title: "Facebook",
    mark: "F",
    teaser: "The Graph API, with the token in the header or in the query.",
    client,
    // Without this Facebook never asks again for what was declined once.
    begin: () => client.authorizationRequest({ authType: "rerequest" }),
    sample: "/me/permissions",
    noRefresh: "Facebook has no refresh tokens: its tokens live for weeks.",
    noEmail: "none given",
    emulator,
  };
}
