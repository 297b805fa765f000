import type { Context } from "hono";
import type { EmulatorEnv } from "../server/request-log.ts";
import type { GitHubAccess } from "./tokens.ts";

/** A REST request whose token is known. */
export interface SignedInEnv extends EmulatorEnv {
  Variables: EmulatorEnv["Variables"] & { access: GitHubAccess };
}

/** The context of a REST request whose token is known. */
export type SignedInContext = Context<SignedInEnv>;
