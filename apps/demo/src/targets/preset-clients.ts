import type { OAuth2Client, OAuth2ClientOptions } from "@grantkit/core";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import { GoogleClient } from "@grantkit/provider-google";
import { MicrosoftClient } from "@grantkit/provider-microsoft";
import { clientOptions, type RegisteredClient } from "../client/client-options.ts";
import type { PageKeys } from "../client/page-keys.ts";
import type { ClientFactory } from "./client-recipe.ts";
import type { Opening } from "./open-targets.ts";

/** The providers that have a package. */
export type PresetId = "google" | "github" | "facebook" | "microsoft";

/** Options of a preset's client. */
type PresetOptions = OAuth2ClientOptions & {
  readonly endpoints?: object;
  readonly clientToken?: string;
};

/** What the clients of a preset are made of. */
export interface PresetRecipe {
  readonly kind: "preset";
  readonly id: PresetId;
  readonly app: RegisteredClient;
  readonly keys: PageKeys;
  /** The emulator's; empty for the real provider. */
  readonly emulated: Pick<PresetOptions, "endpoints" | "clientToken">;
}

const MAKE: Readonly<Record<PresetId, (options: PresetOptions) => OAuth2Client>> = {
  google: (options) => new GoogleClient(options),
  github: (options) => new GitHubClient(options),
  facebook: (options) => new FacebookClient(options),
  // Without continuousAccess Graph does not challenge the client.
  microsoft: (options) => new MicrosoftClient({ ...options, continuousAccess: true }),
};

/** Makes the clients of a preset. */
export function presetClients(
  { id, app, keys, emulated }: PresetRecipe,
  shared: Opening["shared"],
): ClientFactory {
  return (values, change) => {
    const options = { ...shared, ...emulated, ...clientOptions(values, app, keys) };
    return MAKE[id]({ ...options, ...change?.(options) });
  };
}
