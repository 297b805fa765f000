import type { Clock } from "@grantkit/core";
import {
  type GoogleEmulator,
  type GoogleOptions,
  startFacebook,
  startGitHub,
  startGoogle,
  startMicrosoft,
  startOAuth1,
} from "@grantkit/emulator";
import type { ServiceAccountKeyFile } from "@grantkit/provider-google";
import type { DemoProvider } from "./demo-provider.ts";
import {
  facebookDemo,
  githubDemo,
  googleDemo,
  microsoftDemo,
  type ProviderSettings,
} from "./demo-presets.ts";
import type { OAuth1Demo } from "./oauth1-demo.ts";
import { emulatedDemo, xDemo } from "./oauth1-presets.ts";
import { recordingAdapter } from "./recording-adapter.ts";
import { credentials, type Environment } from "./settings.ts";

/** Options of {@link openProviders}. */
export interface ProvidersOptions {
  /** The public origin, without a trailing slash: `http://localhost:3000`. */
  readonly publicUrl: string;
  /** The real providers' credentials. */
  readonly environment?: Environment;
  /** The clock, for tests. */
  readonly clock?: Clock;
}

type RunningEmulator = Pick<GoogleEmulator, "clientId" | "clientSecret" | "origin" | "close"> & {
  readonly endpoints: object;
};
type Start<Emulator> = (
  options: Pick<GoogleOptions, "applicationName" | "redirectUris" | "now">,
) => Promise<Emulator>;

/** Opens the providers: the real one if the environment has its credentials, an emulator otherwise. */
export async function openProviders(options: ProvidersOptions): Promise<{
  readonly providers: readonly DemoProvider[];
  readonly oauth1: OAuth1Demo;
  /** Stops the emulators. */
  readonly close: () => Promise<void>;
}> {
  const { publicUrl, environment = {}, clock } = options;
  const running: RunningEmulator[] = [];
  const shared = { http: { adapter: recordingAdapter }, ...(clock && { clock }) };
  const emulate = async <Emulator extends RunningEmulator>(
    name: string,
    start: Start<Emulator>,
  ): Promise<Emulator> => {
    const emulator = await start({
      applicationName: "Grantkit playground",
      // By default emulators accept addresses of this machine only, and PUBLIC_URL may be another.
      redirectUris: [`${publicUrl}/callback/${name}`],
      ...(clock && { now: () => clock.now() }),
    });
    running.push(emulator);
    return emulator;
  };
  const open = async (name: string, start: Start<RunningEmulator>): Promise<ProviderSettings> => {
    const client = { ...shared, redirectUri: `${publicUrl}/callback/${name}` };
    const prefix = name.toUpperCase();
    const real = credentials(environment, `${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`);
    if (real) return { client: { ...client, ...real }, emulator: undefined };
    const { clientId, clientSecret, endpoints, origin } = await emulate(name, start);
    return { client: { ...client, clientId, clientSecret, endpoints }, emulator: origin };
  };
  let serviceAccountKey: ServiceAccountKeyFile | undefined;
  const google = await open("google", async (emulation) => {
    const emulator = await startGoogle(emulation);
    serviceAccountKey = await emulator.createServiceAccount();
    return emulator;
  });
  const github = await open("github", (emulation) =>
    startGitHub({ ...emulation, expiringTokens: true }),
  );
  const facebook = await open("facebook", startFacebook);
  const microsoft = await open("microsoft", startMicrosoft);
  const x = credentials(environment, "X_CLIENT_KEY", "X_CLIENT_SECRET");
  const oauth1 = x
    ? xDemo({ ...shared, clientKey: x.clientId, clientSecret: x.clientSecret })
    : emulatedDemo(shared, await emulate("oauth1", startOAuth1));
  return {
    providers: [
      googleDemo(google, serviceAccountKey),
      githubDemo(github),
      facebookDemo(facebook),
      microsoftDemo(microsoft),
    ],
    oauth1,
    close: async () => {
      await Promise.all(running.map((emulator) => emulator.close()));
    },
  };
}
