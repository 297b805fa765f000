import type { Hono } from "hono";
import type { ConsentDesk } from "../consent/consent-desk.ts";
import type { PageTheme } from "../consent/page-theme.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import type { AccessToken } from "./access-tokens.ts";
import type { KnownConsumer } from "./consumers.ts";
import type { NonceMemory } from "./nonces.ts";
import type { OAuth1Switches } from "./options.ts";
import type { RequestToken } from "./request-tokens.ts";
import type { OAuth1User } from "./users.ts";

/** All that the OAuth 1.0a emulator knows. */
export interface OAuth1World {
  readonly app: Hono<EmulatorEnv>;
  readonly origin: string;
  readonly consumers: readonly KnownConsumer[];
  readonly users: readonly OAuth1User[];
  readonly switches: OAuth1Switches;
  readonly now: () => number;
  readonly desk: ConsentDesk;
  readonly theme: PageTheme;
  readonly nonces: NonceMemory;
  readonly requestTokens: Map<string, RequestToken>;
  readonly accessTokens: Map<string, AccessToken>;
}
