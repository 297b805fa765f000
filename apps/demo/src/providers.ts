import type { OAuth2ClientOptions } from "@grantkit/core";
import { startFacebook, startGitHub, startGoogle } from "@grantkit/emulator";
import type { ServiceAccountKeyFile } from "@grantkit/provider-google";
import type { DemoProvider } from "./demo-provider.ts";
import { facebookDemo, githubDemo, googleDemo, type Settled } from "./demo-presets.ts";
import { credentials } from "./credentials.ts";
import { recordingAdapter } from "./recording-adapter.ts";

/** What decides between the emulators and the real providers, and what ends with the demo. */
export interface ProvidersOptions {
  /** Where the demo is seen from outside, for example `http://localhost:3000`. */
  readonly publicUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: OAuth2ClientOptions["clock"];
}

/** The three providers: real where the environment has credentials, emulated otherwise. */
export async function openProviders(options: ProvidersOptions): Promise<{
  readonly providers: readonly DemoProvider[];
  readonly close: () => Promise<void>;
}> {
  const running: { close(): Promise<void> }[] = [];
  const settle = async (name: string, start: () => Promise<Emulation>): Promise<Settled> => {
    const shared = {
      redirectUri: `${options.publicUrl}/callback/${name}`,
      http: { adapter: recordingAdapter },
      ...(options.clock && { clock: options.clock }),
    };
    const prefix = name.toUpperCase();
    const real = credentials(options.environment, `${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`);
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
  let robotKey: ServiceAccountKeyFile | undefined;
  const google = await settle("google", async () => {
    const emulator = await startGoogle(emulation("google"));
    robotKey = await emulator.createServiceAccount();
    return emulator;
  });
  const github = await settle("github", () =>
    startGitHub({ expiringTokens: true, ...emulation("github") }),
  );
  const facebook = await settle("facebook", () => startFacebook(emulation("facebook")));
  return {
    providers: [googleDemo(google, robotKey), githubDemo(github), facebookDemo(facebook)],
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
