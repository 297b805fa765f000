import type { Switch } from "./server/switches.ts";

/** An emulator that can be started, and its switches. */
export interface DefinedEmulator<Options, Running> {
  readonly switches: Readonly<Record<string, Switch<unknown>>>;
  /** URLs by name that are no OAuth endpoints, for people to see among the endpoints. */
  readonly otherUrls: (origin: string) => Readonly<Record<string, string>>;
  readonly start: (options: Options) => Promise<Running>;
}
