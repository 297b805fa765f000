import { randomBytes } from "node:crypto";
import type { AuthorizationRequest, Profile, Token } from "@grantkit/core";
import type { OAuth1Token } from "@grantkit/oauth1";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { ApiResult } from "./api-call.ts";
import type { DeviceSignIn } from "./device-sign-in.ts";
import { type Exchange, ExchangeLog } from "./exchange-log.ts";
import type { SigningChoice } from "./oauth1-demo.ts";

/** An account that the visitor is signed in to. */
export interface Account {
  token: Token;
  readonly profile: Profile;
  /** The result of the last button. */
  result?: ApiResult | undefined;
}

/** An OAuth 1.0a account that the visitor is signed in to. */
export interface OAuth1Account {
  readonly token: OAuth1Token;
  readonly profile: Profile;
  choice: SigningChoice;
  /** The result of the last button. */
  result?: ApiResult | undefined;
  /** The request that the last button sent; undefined if it sent none. */
  sent?: Exchange | undefined;
}

/** An OAuth 1.0a sign-in that waits for the callback. */
export interface OAuth1SignIn {
  readonly choice: SigningChoice;
  readonly requestToken: OAuth1Token;
}

/** An OAuth 1.0a sign-in that waits for a PIN. */
export interface PinSignIn extends OAuth1SignIn {
  /** Where the provider shows the PIN. */
  readonly url: string;
  /** Why the last PIN failed. */
  result?: ApiResult | undefined;
}

/** The accounts and the pending sign-ins of one protocol. */
export interface ProtocolState<SignIn, SignedIn> {
  /** By provider. */
  readonly accounts: Map<string, SignedIn>;
  /** By state (OAuth 2.0) or request token (OAuth 1.0a). */
  readonly pending: Map<string, SignIn>;
}

/** What the server stores for one browser. */
export interface Visitor {
  readonly id: string;
  readonly oauth2: ProtocolState<AuthorizationRequest, Account>;
  readonly oauth1: ProtocolState<OAuth1SignIn, OAuth1Account> & { pin?: PinSignIn | undefined };
  /** States and request tokens of finished sign-ins, to tell a replayed callback from one of another browser. */
  readonly used: Set<string>;
  /** Pending sign-ins on another device, by provider. */
  readonly devices: Map<string, DeviceSignIn>;
  /** The last call without a user, by provider. */
  readonly appCalls: Map<string, { readonly token: Token; readonly result: ApiResult }>;
  readonly log: ExchangeLog;
  /** The time of the last request, in milliseconds since the epoch. */
  seenAt: number;
}

const MAX_VISITORS = 1000;
const MAX_PENDING = 5;
const MAX_USED = 20;
const MAX_IDLE_MS = 60 * 60_000;

/**
 * The visitors, in memory: up to 1000, each until it has been idle for an hour. A cookie holds the visitor's ID, which means
 * nothing outside this server.
 */
export class Visitors {
  readonly #visitors = new Map<string, Visitor>();
  readonly #now: () => number;
  readonly #secure: boolean;
  readonly #cookie: string;
  /** The IDs that responses set, so that the rest of the same request finds the visitor. */
  readonly #written = new WeakMap<Context, string>();

  constructor(publicUrl: string, now: () => number) {
    this.#now = now;
    this.#secure = publicUrl.startsWith("https:");
    // With the prefix browsers insist on Secure, Path=/ and no Domain. It is not allowed over http.
    this.#cookie = this.#secure ? "__Host-grantkit-demo" : "grantkit-demo";
  }

  /** Finds this browser's visitor. */
  find(c: Context): Visitor | undefined {
    const id = this.#written.get(c) ?? getCookie(c, this.#cookie);
    const visitor = id === undefined ? undefined : this.#visitors.get(id);
    if (!visitor) return undefined;
    const now = this.#now();
    this.#visitors.delete(visitor.id);
    if (now - visitor.seenAt > MAX_IDLE_MS) return undefined;
    visitor.seenAt = now;
    // Inserted again, so that the first entry of the map is the one that has been idle longest.
    this.#visitors.set(visitor.id, visitor);
    return visitor;
  }

  /** Finds this browser's visitor, or creates one. */
  findOrCreate(c: Context): Visitor {
    return this.find(c) ?? this.setNewId(c);
  }

  /** Gives the visitor, or a new one, a new ID. Every sign-in does this, so that an ID planted before it is worthless. */
  setNewId(c: Context, visitor?: Visitor): Visitor {
    if (visitor) this.#visitors.delete(visitor.id);
    const id = randomBytes(32).toString("base64url");
    const renewed: Visitor = visitor
      ? { ...visitor, id }
      : {
          id,
          oauth2: { accounts: new Map(), pending: new Map() },
          oauth1: { accounts: new Map(), pending: new Map() },
          used: new Set(),
          devices: new Map(),
          appCalls: new Map(),
          log: new ExchangeLog(),
          seenAt: this.#now(),
        };
    this.#visitors.set(id, renewed);
    dropOldest(this.#visitors, MAX_VISITORS);
    this.#written.set(c, id);
    setCookie(c, this.#cookie, id, {
      httpOnly: true,
      // Not Strict: the callback comes from the provider's site and needs the cookie.
      sameSite: "Lax",
      secure: this.#secure,
      path: "/",
    });
    c.header("Vary", "Cookie");
    return renewed;
  }
}

/** Stores a pending sign-in; the last five are kept, for as many tabs. */
export function addPending<SignIn>(
  pending: Map<string, SignIn>,
  key: string,
  signIn: SignIn,
): void {
  pending.set(key, signIn);
  dropOldest(pending, MAX_PENDING);
}

/** Removes a pending sign-in before its callback is handled, so that a second callback finds nothing. */
export function takePending<SignIn>(
  { used }: Visitor,
  pending: Map<string, SignIn>,
  key: string,
): SignIn | undefined {
  const signIn = pending.get(key);
  if (!pending.delete(key)) return undefined;
  used.add(key);
  dropOldest(used, MAX_USED);
  return signIn;
}

function dropOldest(entries: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = entries.keys();
  if (entries.size > most && oldest !== undefined) entries.delete(oldest);
}
