import type { Clock, HttpOptions } from "@grantkit/core";
import type { GoogleOptions } from "@grantkit/emulator";
import { makePageKeys, type PageKeys } from "../client/page-keys.ts";
import { recordingAdapter } from "../exchanges/recording-adapter.ts";
import { emulatedOAuth1 } from "../oauth1/emulated-oauth1.ts";
import { xTarget } from "../oauth1/x-target.ts";
import { credentials, type Environment } from "../settings.ts";
import { openPresets } from "./open-presets.ts";
import type { IssuerArgument } from "../command-line.ts";
import { openExamples } from "./typed/examples.ts";
import { openIssuerArgument } from "./typed/issuer-argument.ts";
import { commonFaults } from "./faults/mistakes.ts";
import { openLocalServer } from "./local-server.ts";
import type { AnyTarget } from "./target.ts";

/** Options of {@link openTargets}. */
export interface TargetsOptions {
  /** The public origin, without a trailing slash: `http://localhost:3000`. */
  readonly publicUrl: string;
  /** The real providers' credentials. */
  readonly environment?: Environment;
  /** An issuer that the playground opens on. */
  readonly issuer?: IssuerArgument | undefined;
  /** The clock, for tests. */
  readonly clock?: Clock;
}

/** What each kind of target needs to open. */
export interface Opening {
  readonly publicUrl: string;
  readonly environment: Environment;
  /** Options of every client. */
  readonly shared: { readonly http: HttpOptions; readonly clock?: Clock };
  /** Options of the emulator of a target. */
  readonly emulationOf: (
    id: string,
  ) => Pick<GoogleOptions, "applicationName" | "redirectUris" | "now">;
  /** The keys of the page's server. */
  readonly keys: PageKeys;
  /** What to stop with the playground. */
  readonly running: { readonly close: () => Promise<void> }[];
}

/** Opens every provider that the playground offers from the start. */
export async function openTargets({
  publicUrl,
  environment = {},
  issuer,
  clock,
}: TargetsOptions): Promise<{
  readonly targets: readonly AnyTarget[];
  /** Opens further targets. */
  readonly opening: Opening;
  readonly keys: PageKeys;
  /** Stops emulators and servers. */
  readonly close: () => Promise<void>;
}> {
  const opening: Opening = {
    publicUrl,
    environment,
    shared: { http: { adapter: recordingAdapter }, ...(clock && { clock }) },
    emulationOf: (id) => ({
      applicationName: "Grantkit playground",
      // By default emulators accept addresses of this machine only, and PUBLIC_URL may be another.
      redirectUris: [`${publicUrl}/callback/${id}`],
      ...(clock && { now: () => clock.now() }),
    }),
    keys: makePageKeys(),
    running: [],
  };
  // First, because it may fail.
  const own = issuer ? [await openIssuerArgument(opening, issuer)] : [];
  const x = credentials(environment, "X_CLIENT_KEY", "X_CLIENT_SECRET");
  const [presets, local, oauth1] = await Promise.all([
    openPresets(opening),
    openLocalServer(opening),
    x
      ? xTarget(opening, { clientKey: x.clientId, clientSecret: x.clientSecret })
      : emulatedOAuth1(opening),
  ]);
  return {
    targets: [
      ...own,
      ...presets,
      { ...local, faults: [...local.faults, ...commonFaults(local)] },
      oauth1,
      ...openExamples(opening),
    ],
    opening,
    keys: opening.keys,
    close: async () => {
      await Promise.all(opening.running.map((each) => each.close()));
    },
  };
}
