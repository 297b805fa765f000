import type { KnownConsumer } from "./consumers.ts";
import type { OAuth1Permission } from "./permissions.ts";
import type { OAuth1User } from "./users.ts";

/** Token credentials (RFC 5849 section 2.3). */
export interface AccessToken {
  readonly token: string;
  readonly secret: string;
  readonly consumer: KnownConsumer;
  readonly user: OAuth1User;
  readonly permissions: readonly OAuth1Permission[];
  /** What a new token can be asked for with, when tokens are renewed. */
  readonly sessionHandle: string | undefined;
  /** Milliseconds since 1970; Infinity when it never expires. */
  expiresAt: number;
}
