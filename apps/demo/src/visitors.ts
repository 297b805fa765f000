import { randomBytes } from "node:crypto";
import type { AuthorizationRequest, Profile, Token } from "@grantkit/core";
import type { DeviceWait } from "./device-wait.ts";
import { ExchangeLog } from "./exchange-log.ts";
import type { OAuth1Visit } from "./oauth1-visit.ts";
import type { Result } from "./result.ts";

/** A provider that a visitor is signed in with. */
export interface Account {
  token: Token;
  readonly profile: Profile;
  /** What the last button did. */
  result?: Result | undefined;
}

/** A call that was made without a user. */
export interface AppVisit {
  readonly token: Token;
  readonly result: Result;
}

/** What the server knows of one browser; the browser knows the id alone. */
export interface Visitor {
  readonly id: string;
  readonly accounts: Map<string, Account>;
  /** Sign-ins that were begun, by state. */
  readonly pending: Map<string, AuthorizationRequest>;
  /** States (and request tokens) of sign-ins that were ended, to tell a replayed callback from a foreign one. */
  readonly used: Set<string>;
  /** Sign-ins on another device that are waited for, by provider. */
  readonly devices: Map<string, DeviceWait>;
  /** The last call that each provider answered the app itself, by provider. */
  readonly appVisits: Map<string, AppVisit>;
  readonly oauth1: OAuth1Visit;
  readonly log: ExchangeLog;
  /** When the visitor was last here, in milliseconds since the epoch. */
  seenAt: number;
}

const MOST_VISITORS = 1000;
const MOST_PENDING = 5;
const MOST_USED = 20;
const IDLE_FOR = 60 * 60_000;

/** The visitors, in memory and bounded: a demo forgets them when it ends, or after an idle hour. */
export class Visitors {
  readonly #visitors = new Map<string, Visitor>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  find(id: string | undefined): Visitor | undefined {
    const visitor = id === undefined ? undefined : this.#visitors.get(id);
    if (!visitor) return undefined;
    const now = this.#now();
    this.#visitors.delete(visitor.id);
    if (now - visitor.seenAt > IDLE_FOR) return undefined;
    visitor.seenAt = now;
    // Re-inserted, so that the first of the map is the one that was away longest.
    this.#visitors.set(visitor.id, visitor);
    return visitor;
  }

  create(): Visitor {
    const visitor: Visitor = {
      id: randomBytes(32).toString("base64url"),
      accounts: new Map(),
      pending: new Map(),
      used: new Set(),
      devices: new Map(),
      appVisits: new Map(),
      oauth1: { account: undefined, pending: new Map(), pin: undefined },
      log: new ExchangeLog(),
      seenAt: this.#now(),
    };
    this.#visitors.set(visitor.id, visitor);
    dropOldest(this.#visitors, MOST_VISITORS);
    return visitor;
  }

  /** The same visitor under a new id, which a sign-in calls for: an id that was planted before is worth nothing. */
  renew(visitor: Visitor): Visitor {
    this.#visitors.delete(visitor.id);
    const renewed = { ...visitor, id: randomBytes(32).toString("base64url") };
    this.#visitors.set(renewed.id, renewed);
    return renewed;
  }
}

/** Remembers a sign-in that was begun, by what its callback will name it by: five at once, for as many tabs. */
export function begin<SignIn>(pending: Map<string, SignIn>, name: string, signIn: SignIn): void {
  pending.set(name, signIn);
  dropOldest(pending, MOST_PENDING);
}

/** Takes a sign-in out for good, before its callback is worked on: a second callback finds nothing. */
export function takePending<SignIn>(
  { used }: Visitor,
  pending: Map<string, SignIn>,
  name: string,
): SignIn | undefined {
  const signIn = pending.get(name);
  if (!signIn) return undefined;
  pending.delete(name);
  used.add(name);
  dropOldest(used, MOST_USED);
  return signIn;
}

function dropOldest(
  entries: { readonly size: number; keys(): Iterable<string>; delete(key: string): boolean },
  most: number,
): void {
  if (entries.size <= most) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    return;
  }
}
