import { randomAlphanumeric } from "../oauth/random-text.ts";
import { delimitedList } from "../server/parameters.ts";
import type { KnownConsumer } from "./consumers.ts";
import type { OAuth1Switches } from "./options.ts";
import type { OAuth1User } from "./users.ts";

/** The permissions of access tokens. */
export const permissions = ["read", "write"] as const;

/** A permission of an access token. */
export type OAuth1Permission = (typeof permissions)[number];

/** Describes a permission on the consent page. */
export function permissionMeaning(permission: OAuth1Permission): string {
  return permission === "read"
    ? "See your profile and your items"
    : "Add and change items in your name";
}

/** Parses a list such as `read,write`; undefined if it has anything else. Write includes read. */
export function parsePermissions(requested: string): readonly OAuth1Permission[] | undefined {
  const names = delimitedList(requested, /[\s,]+/);
  if (names.some((name) => name !== "read" && name !== "write")) return undefined;
  return names.includes("write") ? permissions : ["read"];
}

/** Token credentials (RFC 5849 section 2.3). */
export interface AccessToken {
  readonly token: string;
  readonly secret: string;
  readonly consumer: KnownConsumer;
  readonly user: OAuth1User;
  readonly permissions: readonly OAuth1Permission[];
  /** The handle that refreshes the token; undefined if tokens are not refreshed. */
  readonly sessionHandle: string | undefined;
  /** Milliseconds since 1970; Infinity if it does not expire. */
  expiresAt: number;
}

/** The decision of the user about a request token, or its use. */
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
  /** The permissions in the request for the token. */
  readonly permissions: readonly OAuth1Permission[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  decision: RequestTokenState;
}

/** The part of the server that issues tokens. */
export interface TokenIssuer {
  readonly requestTokens: Map<string, RequestToken>;
  readonly accessTokens: Map<string, AccessToken>;
  readonly switches: OAuth1Switches;
  readonly now: () => number;
}

// RFC 5849 allows any characters in a token. Clients that encode or decode these once too often, or not at all, break them:
// "%2B" is not "+", and "+" is not a space.
const AWKWARD = "%2B+/=&é~ ";

/** Makes a new token, secret, verifier or session handle. */
export function newCredential({ switches }: TokenIssuer, length: number): string {
  return switches.credentials === "awkward"
    ? `${randomAlphanumeric(length)}${AWKWARD}${randomAlphanumeric(2)}`
    : randomAlphanumeric(length);
}

/** Issues a request token that is waiting for its user. */
export function issueRequestToken(
  issuer: TokenIssuer,
  consumer: KnownConsumer,
  callback: string,
  requested: readonly OAuth1Permission[] = permissions,
): RequestToken {
  const issued: RequestToken = {
    token: newCredential(issuer, 27),
    secret: newCredential(issuer, 32),
    consumer,
    callback,
    permissions: requested,
    expiresAt: issuer.now() + issuer.switches.requestTokenLifetime * 1000,
    decision: { state: "waiting" },
  };
  issuer.requestTokens.set(issued.token, issued);
  return issued;
}

/** Issues an access token. It expires if tokens can be refreshed. */
export function issueAccessToken(
  issuer: TokenIssuer,
  consumer: KnownConsumer,
  user: OAuth1User,
  granted: readonly OAuth1Permission[],
  sessionHandle?: string,
): AccessToken {
  const { renewal, accessTokenLifetime } = issuer.switches;
  const issued: AccessToken = {
    // Twitter's tokens begin with the user's id.
    token: `${user.id}-${newCredential(issuer, 40)}`,
    secret: newCredential(issuer, 45),
    consumer,
    user,
    permissions: granted,
    sessionHandle: renewal ? (sessionHandle ?? newCredential(issuer, 40)) : undefined,
    expiresAt: renewal ? issuer.now() + accessTokenLifetime * 1000 : Infinity,
  };
  issuer.accessTokens.set(issued.token, issued);
  return issued;
}
