import { FormValues } from "../flows/form-values.ts";
import type { Arrived } from "../flows/token-placement.ts";
import { credentials } from "../settings.ts";
import { commonFaults } from "./faults/mistakes.ts";
import { missingParts } from "./missing-parts.ts";
import type { Opening } from "./open-targets.ts";
import { presetClients, type PresetRecipe } from "./preset-clients.ts";
import { type Emulated, type Preset, PRESETS } from "./presets.ts";
import { serviceAccounts } from "./service-accounts.ts";
import type { Registration, Target, TypedCredentials } from "./target.ts";

/** Opens the presets: the real provider if the environment has its credentials, the emulator otherwise. */
export function openPresets(opening: Opening): Promise<readonly Target[]> {
  // All credentials are read before anything starts, because one may be incomplete.
  const read = PRESETS.map((preset) => ({ preset, real: realApp(preset, opening) }));
  return Promise.all(read.map(({ preset, real }) => openPreset(preset, opening, real)));
}

type App = Pick<TypedCredentials, "clientId" | "clientSecret">;

function realApp({ id }: Preset, { environment }: Opening): App | undefined {
  const prefix = id.toUpperCase();
  return credentials(environment, `${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`);
}

async function openPreset(
  preset: Preset,
  opening: Opening,
  real: App | undefined,
): Promise<Target> {
  const { id, start } = preset;
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
    readonly app: App;
    readonly emulator?: Emulated;
  },
): Target {
  const { start: _start, className, extra, id: mark, ...shown } = preset;
  const { keys, shared, publicUrl } = opening;
  const callbackUrl = `${publicUrl}/callback/${id}`;
  const recipe: PresetRecipe = {
    kind: "preset",
    id: mark,
    app: { clientId: app.clientId, clientSecret: app.clientSecret, redirectUri: callbackUrl },
    keys,
    emulated: optionsAt(emulator),
  };
  const createClient = presetClients(recipe, shared);
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
    without: { ...missingParts(provider, shown.title), ...shown.without, ...emulator?.without },
    code: { module: `@grantkit/provider-${mark}`, className, ...(extra && { extra }) },
    recipe,
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

function optionsAt(emulator: Emulated | undefined): PresetRecipe["emulated"] {
  if (!emulator) return {};
  const { endpoints, clientToken } = emulator;
  return { endpoints, ...(clientToken !== undefined && { clientToken }) };
}

function receivedBy({ requests }: Emulated, accessToken: string): Arrived | undefined {
  const received = requests.findLast(({ url, headers, rawBody }) =>
    [url, headers["authorization"], rawBody].some((part) => part?.includes(accessToken)),
  );
  if (!received) return undefined;
  const { method, url, headers, rawBody: body } = received;
  return { method, url, authorization: headers["authorization"], body };
}
