import { randomBytes } from "node:crypto";
import type { OAuth1Token } from "@grantkit/oauth1";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { HeldToken } from "./flows/held-token.ts";
import { Runs } from "./runs/runs.ts";
import type { SavedRun } from "./saved-runs/saved-run.ts";
import { VisitorTargets } from "./targets/typed/visitor-targets.ts";

/** What the server stores for one browser. */
export interface Visitor {
  /** The cookie's value. A visitor has one at a time: see {@link Visitors.setNewId}. */
  id: string;
  /** What the visitor did, newest first. */
  readonly runs: Runs;
  /** The token that the visitor holds, by target. */
  readonly tokens: Map<string, HeldToken>;
  /** The providers that the visitor typed in. */
  readonly targets: VisitorTargets;
  /** The same of OAuth 1.0a. */
  readonly oauth1Tokens: Map<string, OAuth1Token>;
  /** Request tokens of sign-ins that wait for a PIN, by target. */
  readonly pins: Map<string, OAuth1Token>;
  /** The runs of the file that was opened last. */
  savedRuns?: readonly SavedRun[];
  /** The time of the last request, in milliseconds since the epoch. */
  seenAt: number;
}

const MAX_VISITORS = 1000;
const MAX_IDLE_MS = 60 * 60_000;

/**
 * The visitors, in memory: up to 1000, each until it has been idle for an hour. A cookie holds the visitor's ID, which means
 * nothing outside this server.
 */
export class Visitors {
  /** By ID; the first has been idle longest. */
  readonly #visitors = new Map<string, Visitor>();
  readonly #now: () => number;
  readonly #secure: boolean;
  readonly #cookie: string;
  /** The IDs that responses set, so that the rest of the same request finds the visitor. */
  readonly #written = new WeakMap<Context, string>();

  constructor(publicUrl: string, now: () => number) {
    const { protocol, port } = new URL(publicUrl);
    this.#now = now;
    this.#secure = protocol === "https:";
    // With the prefix browsers insist on Secure, Path=/ and no Domain. It is not allowed over http.
    const prefix = this.#secure ? "__Host-" : "";
    // Browsers send a cookie to every port of its host, where another demo would overwrite it.
    this.#cookie = `${prefix}grantkit-demo${port && `-${port}`}`;
  }

  /** Finds this browser's visitor. */
  find(c: Context): Visitor | undefined {
    this.#forgetIdle();
    const id = this.#written.get(c) ?? getCookie(c, this.#cookie);
    const visitor = id === undefined ? undefined : this.#visitors.get(id);
    if (!visitor) return undefined;
    this.#visitors.delete(visitor.id);
    this.#add(visitor);
    return visitor;
  }

  /** Finds this browser's visitor, or creates one. */
  findOrCreate(c: Context): Visitor {
    return this.find(c) ?? this.setNewId(c);
  }

  /** Finds the visitor who has a run that waits for a callback with this key. */
  whoWaitsFor(key: string): Visitor | undefined {
    return [...this.#visitors.values()].find(({ runs }) => runs.waitingFor(key));
  }

  /** Whether the visitor has not been forgotten. */
  has(visitor: Visitor): boolean {
    return this.#visitors.has(visitor.id);
  }

  /**
   * Gives the visitor, or a new one, a new ID. Every sign-in does this, so that an ID planted before it is worthless, and so
   * does every sign-out. Call it before anything is awaited: of two requests with one ID, only the first finds the visitor.
   */
  setNewId(c: Context, known?: Visitor): Visitor {
    const visitor: Visitor = known ?? {
      id: "",
      runs: new Runs(),
      tokens: new Map(),
      targets: new VisitorTargets(),
      oauth1Tokens: new Map(),
      pins: new Map(),
      seenAt: 0,
    };
    this.#visitors.delete(visitor.id);
    visitor.id = randomBytes(32).toString("base64url");
    this.#add(visitor);
    const [oldest] = this.#visitors.values();
    if (this.#visitors.size > MAX_VISITORS && oldest) this.#forget(oldest);
    this.#written.set(c, visitor.id);
    setCookie(c, this.#cookie, visitor.id, {
      httpOnly: true,
      // Not Strict: the callback comes from the provider's site and needs the cookie.
      sameSite: "Lax",
      secure: this.#secure,
      path: "/",
    });
    c.header("Vary", "Cookie");
    return visitor;
  }

  #add(visitor: Visitor): void {
    visitor.seenAt = this.#now();
    this.#visitors.set(visitor.id, visitor);
  }

  #forgetIdle(): void {
    for (const visitor of this.#visitors.values()) {
      if (this.#now() - visitor.seenAt <= MAX_IDLE_MS) return;
      this.#forget(visitor);
    }
  }

  #forget(visitor: Visitor): void {
    this.#visitors.delete(visitor.id);
    visitor.runs.clear();
  }
}
