import type { Hono } from "hono";
import type { ConsentDesk } from "./consent/consent-desk.ts";
import type { PageTheme } from "./consent/page-theme.ts";
import type { EmulatorEnv } from "./server/request-log.ts";

/** The state that every emulated server has. Each provider's server adds its own. */
export interface EmulatorServer<Endpoints, User, Switches> {
  readonly app: Hono<EmulatorEnv>;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly desk: ConsentDesk;
  readonly theme: PageTheme;
  readonly endpoints: Endpoints;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applicationName: string;
  /** The registered redirect URIs; undefined allows any URL of this machine. */
  readonly redirectUris: readonly string[] | undefined;
  readonly users: readonly User[];
  /** Finds a user by id or by another of their names. */
  readonly findUser: (name: string | undefined) => User | undefined;
  /** Finds a user by id or by another of their names, and throws a TypeError if there is none. */
  readonly requireUser: (name: string) => User;
  /** Changed in place by `configure`. */
  readonly switches: Switches;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}
