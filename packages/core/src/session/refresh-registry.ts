import { OAuthError } from "../errors/oauth-error.ts";
import type { Token } from "../tokens/token.ts";

/** Saves a new token; awaited before any request goes on with it. */
export type OnTokenUpdate = (next: Token, previous: Token) => void | Promise<void>;

/** A refresh that succeeded, and how far its save has come. */
interface Renewal {
  readonly previous: Token;
  readonly next: Token;
  saved: boolean;
  /** Whether a save was tried and failed: until one succeeds, this token exists nowhere but here. */
  unsaved: boolean;
  saving: Promise<void> | undefined;
}

/** What is known of one refresh token. */
interface Credential {
  /** The refresh that is under way. */
  flight: Promise<Renewal> | undefined;
  /** What came of the last one. */
  renewal: Renewal | undefined;
  /** The provider's final no. */
  dead: OAuthError | undefined;
}

/** Enough for the users of one process in the minutes that count; beyond that the oldest is forgotten. */
const MOST_CREDENTIALS = 10_000;

/** Errors after which a refresh token will never work again. */
const FINAL = new Set<OAuthError["code"]>(["INVALID_GRANT", "SUBJECT_MISMATCH"]);

/**
 * The refreshes of one client: at most one at a time for a refresh token, whichever session asks; and what came of
 * it is there for a session that is made, a moment later, from the token before.
 */
export class RefreshRegistry {
  readonly #credentials = new Map<string, Credential>();
  readonly #renewals = new WeakMap<Token, Renewal>();
  readonly #provider: string;
  readonly #refresh: (token: Token) => Promise<Token>;
  readonly #now: () => number;

  constructor(provider: string, refresh: (token: Token) => Promise<Token>, now: () => number) {
    this.#provider = provider;
    this.#refresh = refresh;
    this.#now = now;
  }

  /** The newest token that this client knows to have come from a token. */
  newest(token: Token): Token {
    let current = token;
    for (;;) {
      const renewal = this.#renewalFrom(current);
      if (!renewal || renewal.next === current) return current;
      // A provider that keeps one refresh token for good: the store may hold a later access token than we do.
      if (renewal.next.refreshToken === current.refreshToken) return later(current, renewal);
      current = renewal.next;
    }
  }

  /**
   * Renews a token, or waits for the renewal that is under way, or finds the one that has been. The save is
   * awaited too: nobody goes on with a token that is not stored.
   *
   * @throws OAuthError: why it could not be renewed, or `TOKEN_UPDATE_FAILED` when the save failed.
   */
  async renew(token: Token, onTokenUpdate: OnTokenUpdate | undefined): Promise<Token> {
    const newest = this.newest(token);
    if (!isSame(newest, token) && !newest.isExpired(0, this.#now())) {
      await this.ensureSaved(newest, onTokenUpdate);
      return newest;
    }
    const key = newest.refreshToken;
    if (key === undefined) return this.#refresh(newest);
    const credential = this.#credential(key);
    if (credential.dead) throw credential.dead;
    credential.flight ??= this.#fly(credential, newest).finally(() => {
      credential.flight = undefined;
    });
    const renewal = await credential.flight;
    await this.#save(renewal, onTokenUpdate);
    return renewal.next;
  }

  /**
   * Saves a token whose save has failed, or was nobody's task yet.
   *
   * @throws OAuthError with code `TOKEN_UPDATE_FAILED`.
   */
  async ensureSaved(token: Token, onTokenUpdate: OnTokenUpdate | undefined): Promise<void> {
    const renewal = this.#renewals.get(token);
    if (renewal && !renewal.saved) await this.#save(renewal, onTokenUpdate);
  }

  async #fly(credential: Credential, token: Token): Promise<Renewal> {
    try {
      const next = await this.#refresh(token);
      const renewal: Renewal = {
        previous: token,
        next,
        saved: false,
        unsaved: false,
        saving: undefined,
      };
      // A refresh token that comes into use begins a chain; what it led to before, if anything, is history.
      if (next.refreshToken !== undefined) this.#credential(next.refreshToken).renewal = undefined;
      credential.renewal = renewal;
      this.#renewals.set(next, renewal);
      return renewal;
    } catch (error) {
      if (OAuthError.isInstance(error) && FINAL.has(error.code)) credential.dead = error;
      throw error;
    }
  }

  async #save(renewal: Renewal, onTokenUpdate: OnTokenUpdate | undefined): Promise<void> {
    if (renewal.saved) return;
    if (!renewal.saving && onTokenUpdate) {
      renewal.saving = this.#callBack(renewal, onTokenUpdate).finally(() => {
        renewal.saving = undefined;
      });
    }
    await renewal.saving;
  }

  async #callBack(renewal: Renewal, onTokenUpdate: OnTokenUpdate): Promise<void> {
    const { next, previous } = renewal;
    // In their order: the token before must not be written over this one.
    await this.#renewals.get(previous)?.saving?.catch(() => undefined);
    try {
      await onTokenUpdate(next, previous);
      renewal.saved = true;
      renewal.unsaved = false;
    } catch (error) {
      renewal.unsaved = true;
      const { Redactor } = await import("../errors/redaction.ts");
      const redactor = new Redactor(
        [next, previous].flatMap((token) => [token.accessToken, token.refreshToken, token.idToken]),
      );
      const said = redactor.line(error instanceof Error ? error.message : String(error));
      throw new OAuthError(
        "TOKEN_UPDATE_FAILED",
        `The token was refreshed, and onTokenUpdate failed to save it (${said}). The new token is kept in memory, and the next request tries to save it first.`,
        { provider: this.#provider, retryable: true },
      );
    }
  }

  #renewalFrom(token: Token): Renewal | undefined {
    return token.refreshToken === undefined
      ? undefined
      : this.#credentials.get(token.refreshToken)?.renewal;
  }

  #credential(key: string): Credential {
    const credential = this.#credentials.get(key) ?? {
      flight: undefined,
      renewal: undefined,
      dead: undefined,
    };
    // Re-inserted, so that the map's first is the one that was used longest ago.
    this.#credentials.delete(key);
    this.#credentials.set(key, credential);
    if (this.#credentials.size > MOST_CREDENTIALS) this.#forgetOldest();
    return credential;
  }

  #forgetOldest(): void {
    let oldest: string | undefined;
    for (const [key, { flight, renewal }] of this.#credentials) {
      if (flight || renewal?.saving) continue;
      oldest ??= key;
      if (renewal?.unsaved) continue;
      oldest = key;
      break;
    }
    if (oldest !== undefined) this.#credentials.delete(oldest);
  }
}

/** The later of a token that was stored and what its refresh token led to. */
function later(stored: Token, { previous, next }: Renewal): Token {
  if (isSame(stored, previous)) return next;
  const [a, b] =
    stored.issuedAt && next.issuedAt
      ? [stored.issuedAt, next.issuedAt]
      : [stored.expiresAt, next.expiresAt];
  return (a?.getTime() ?? 0) > (b?.getTime() ?? Number.POSITIVE_INFINITY) ? stored : next;
}

/** The same grant; a provider may answer a refresh with the access token that it gave before. */
function isSame(a: Token, b: Token): boolean {
  return (
    a.accessToken === b.accessToken &&
    a.refreshToken === b.refreshToken &&
    a.expiresAt?.getTime() === b.expiresAt?.getTime()
  );
}
