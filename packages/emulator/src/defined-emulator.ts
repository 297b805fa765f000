import type { Switch } from "./server/switches.ts";

/** An emulator that can be started, and its switches. */
export interface DefinedEmulator<Options, Running> {
  readonly switches: Readonly<Record<string, Switch<unknown>>>;
  readonly start: (options: Options) => Promise<Running>;
}
