import type { Frame } from "../emulator-frame.ts";
import type { EmulatorWorld } from "../emulator-world.ts";
import type { EmulatorOptions } from "../emulator.ts";

/** What every emulator of OAuth 2.0 knows: the one registered application, and where everything is. */
export interface OAuth2World<Endpoints, User, Switches> extends EmulatorWorld<User, Switches> {
  readonly endpoints: Endpoints;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applicationName: string;
  readonly redirectUris: readonly string[] | undefined;
}

/** What a provider has of its own. */
interface ProviderParts<Endpoints, User, Switches> {
  readonly endpoints: Endpoints;
  readonly users: readonly User[];
  readonly switches: Switches;
  /** The application's credentials, where the options have none. */
  readonly application: { readonly clientId: string; readonly clientSecret: string };
}

/** What an emulator of OAuth 2.0 knows at its start, by the options that every emulator takes. */
export function oauth2World<Endpoints, User, Switches>(
  { app, origin, desk, theme }: Frame<string>,
  options: EmulatorOptions<User>,
  { endpoints, users, switches, application }: ProviderParts<Endpoints, User, Switches>,
): OAuth2World<Endpoints, User, Switches> {
  return {
    app,
    origin,
    desk,
    theme,
    users,
    switches,
    now: options.now ?? Date.now,
    endpoints,
    clientId: options.clientId ?? application.clientId,
    clientSecret: options.clientSecret ?? application.clientSecret,
    applicationName: options.applicationName ?? "Your application",
    redirectUris: options.redirectUris,
  };
}
