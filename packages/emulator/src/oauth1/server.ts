import type { OAuth1Endpoints } from "./endpoints.ts";
import type { EmulatorServer } from "../emulator-server.ts";
import type { KnownConsumer } from "./consumers.ts";
import type { OAuth1Switches } from "./options.ts";
import type { TokenIssuer } from "./tokens.ts";
import type { OAuth1User } from "./users.ts";

/** The state of the OAuth 1.0a emulator. */
export interface OAuth1Server
  extends EmulatorServer<OAuth1Endpoints, OAuth1User, OAuth1Switches>, TokenIssuer {
  /** The registered application first. */
  readonly consumers: readonly [KnownConsumer, ...KnownConsumer[]];
  /** The nonces of accepted requests, with their consumer and token, by timestamp. */
  readonly nonces: Map<number, Set<string>>;
}
