import type { Hono } from "hono";
import type { ConsentDesk } from "./consent/consent-desk.ts";
import type { PageTheme } from "./consent/page-theme.ts";
import type { EmulatorEnv } from "./server/request-log.ts";

/** What every emulator knows, whatever its protocol. */
export interface EmulatorWorld<User, Switches> {
  readonly app: Hono<EmulatorEnv>;
  readonly origin: string;
  readonly desk: ConsentDesk;
  readonly theme: PageTheme;
  readonly users: readonly User[];
  readonly switches: Switches;
  readonly now: () => number;
}
