import { randomAlphanumeric } from "../oauth/random-text.ts";
import type { KnownConsumer } from "./consumers.ts";
import { permissions } from "./permissions.ts";
import type { OAuth1Permission } from "./permissions.ts";
import type { OAuth1User } from "./users.ts";
import type { OAuth1Server } from "./server.ts";

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

// RFC 5849 says nothing about the characters of a token. Whoever encodes or decodes once too often, or not at all, breaks
// these: "%2B" is not "+", and "+" is not a space.
const AWKWARD = "%2B+/=&é~ ";

/** A new token, secret, verifier or session handle. */
export function newCredential({ switches }: OAuth1Server, length: number): string {
  return switches.credentials === "awkward"
    ? `${randomAlphanumeric(length)}${AWKWARD}${randomAlphanumeric(2)}`
    : randomAlphanumeric(length);
}

/** A new request token, waiting for its user. */
export function issueRequestToken(
  server: OAuth1Server,
  consumer: KnownConsumer,
  callback: string,
  asked: readonly OAuth1Permission[] = permissions,
): RequestToken {
  const issued: RequestToken = {
    token: newCredential(server, 27),
    secret: newCredential(server, 32),
    consumer,
    callback,
    permissions: asked,
    expiresAt: server.now() + server.switches.requestTokenLifetime * 1000,
    decision: { state: "waiting" },
  };
  server.requestTokens.set(issued.token, issued);
  return issued;
}

/** A new access token; when tokens are renewed, one that expires. */
export function issueAccessToken(
  server: OAuth1Server,
  consumer: KnownConsumer,
  user: OAuth1User,
  granted: readonly OAuth1Permission[],
  sessionHandle?: string,
): AccessToken {
  const { renewal, accessTokenLifetime } = server.switches;
  const issued: AccessToken = {
    // Twitter's begin with the user's id.
    token: `${user.id}-${newCredential(server, 40)}`,
    secret: newCredential(server, 45),
    consumer,
    user,
    permissions: granted,
    sessionHandle: renewal ? (sessionHandle ?? newCredential(server, 40)) : undefined,
    expiresAt: renewal ? server.now() + accessTokenLifetime * 1000 : Infinity,
  };
  server.accessTokens.set(issued.token, issued);
  return issued;
}
