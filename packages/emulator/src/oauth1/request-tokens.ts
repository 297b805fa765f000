import type { KnownConsumer } from "./consumers.ts";
import type { OAuth1Permission } from "./permissions.ts";
import type { OAuth1User } from "./users.ts";

/** What the user of a request token decided, and what became of it. */
type RequestTokenState =
  | { readonly state: "waiting" | "denied" | "used" }
  | {
      readonly state: "allowed";
      readonly user: OAuth1User;
      readonly permissions: readonly OAuth1Permission[];
      readonly verifier: string;
    };

/** Temporary credentials (RFC 5849 section 2.1). */
export interface RequestToken {
  readonly token: string;
  readonly secret: string;
  readonly consumer: KnownConsumer;
  /** An absolute URL, or `"oob"`. */
  readonly callback: string;
  /** What was asked for together with the token. */
  readonly permissions: readonly OAuth1Permission[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  decision: RequestTokenState;
}
