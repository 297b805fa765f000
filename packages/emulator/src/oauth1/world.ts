import type { EmulatorWorld } from "../emulator-world.ts";
import type { AccessToken } from "./access-tokens.ts";
import type { KnownConsumer } from "./consumers.ts";
import type { NonceMemory } from "./nonces.ts";
import type { OAuth1Switches } from "./options.ts";
import type { RequestToken } from "./request-tokens.ts";
import type { OAuth1User } from "./users.ts";

/** All that the OAuth 1.0a emulator knows. */
export interface OAuth1World extends EmulatorWorld<OAuth1User, OAuth1Switches> {
  readonly consumers: readonly KnownConsumer[];
  readonly nonces: NonceMemory;
  readonly requestTokens: Map<string, RequestToken>;
  readonly accessTokens: Map<string, AccessToken>;
}
