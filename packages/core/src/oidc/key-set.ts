import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Transport } from "../http/transport.ts";
import { ownOptions } from "../options/own-fields.ts";
import { RecentlyUsed } from "../recently-used.ts";

/** A JSON Web Key Set (RFC 7517 §5) whose keys are not imported yet. */
export interface KeySetDocument {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Milliseconds, as all times here. */
const FRESH_FOR = 5 * 60_000;
/** While the provider cannot be reached; a key may have been withdrawn meanwhile. */
const TRUSTED_FOR = 24 * 60 * 60_000;
const BETWEEN_FORCED_FETCHES = 60_000;
/** After a failure, while there are older keys to use. */
const BETWEEN_ATTEMPTS = 30_000;
const FETCH_TIMEOUT = 5_000;
/** Bytes. */
const LARGEST_DOCUMENT = 512 * 1024;
const MOST_KEYS = 100;

/**
 * A provider's signing keys. They are fetched once for all callers and kept for five minutes, or up to a day while the
 * provider cannot be reached. A new document replaces the old one: a withdrawn key is no longer trusted.
 */
export class KeySet {
  readonly #url: string;
  readonly #provider: string;
  readonly #transport: Transport;
  readonly #clock: Clock;
  #document: KeySetDocument | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #forcedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<KeySetDocument> | undefined;

  constructor(url: string, provider: string, transport: Transport, clock: Clock) {
    this.#url = url;
    this.#provider = provider;
    this.#transport = transport;
    this.#clock = clock;
  }

  /**
   * Gives the keys, from the cache while it is fresh.
   *
   * @throws OAuthError with code `KEY_SET_UNAVAILABLE` when there are none and none can be fetched.
   */
  async keys(): Promise<KeySetDocument> {
    const now = this.#clock.now();
    const age = now - this.#fetchedAt;
    if (this.#document && age < FRESH_FOR) return this.#document;
    const failedLately = now - this.#failedAt < BETWEEN_ATTEMPTS;
    if (this.#document && failedLately && age < TRUSTED_FOR) return this.#document;
    try {
      return await this.#fetch();
    } catch (error) {
      this.#failedAt = this.#clock.now();
      if (this.#document && age < TRUSTED_FOR) return this.#document;
      throw error;
    }
  }

  /**
   * Fetches the keys again, for a token whose key is missing: once a minute at most, so that tokens with invented key ids
   * cannot make us flood the provider.
   *
   * @returns undefined when the last time was less than a minute ago.
   * @throws OAuthError with code `KEY_SET_UNAVAILABLE`.
   */
  async refetch(): Promise<KeySetDocument | undefined> {
    const now = this.#clock.now();
    if (this.#fetching) return this.#fetching;
    if (now - this.#forcedAt < BETWEEN_FORCED_FETCHES) return undefined;
    this.#forcedAt = now;
    return this.#fetch();
  }

  #fetch(): Promise<KeySetDocument> {
    this.#fetching ??= this.#load().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #load(): Promise<KeySetDocument> {
    const response = await this.#transport
      .send({
        url: this.#url,
        method: "GET",
        headers: { accept: "application/json" },
        timeout: FETCH_TIMEOUT,
        maxBytes: LARGEST_DOCUMENT,
        what: "the key set",
      })
      .catch((error: unknown) => {
        throw this.#unavailable((error as OAuthError).code);
      });
    if (response.status !== 200) throw this.#unavailable(`status ${response.status}`);
    const keys = readKeys(response.body);
    if (!keys) throw this.#unavailable("it is not a JSON Web Key Set");
    this.#document = { keys };
    this.#fetchedAt = this.#clock.now();
    return this.#document;
  }

  #unavailable(reason: string): OAuthError {
    const provider = this.#provider;
    const message = `The keys of ${provider} for ID tokens could not be fetched (${reason}). Try again later, or check endpoints.jwks.`;
    return new OAuthError("KEY_SET_UNAVAILABLE", message, { provider, retryable: true });
  }
}

function readKeys(body: Uint8Array): Record<string, unknown>[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const keys = (ownOptions(document) as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > MOST_KEYS) return undefined;
  return keys.flatMap((key: unknown) => {
    if (typeof key !== "object" || key === null || Array.isArray(key)) return [];
    // Some servers write null for an absent field.
    const given = Object.entries(key).filter(([, value]) => value !== null);
    const plain: Record<string, unknown> = Object.fromEntries(given);
    // A symmetric key in a public document would let anybody sign.
    return plain["kty"] === "oct" ? [] : [plain];
  });
}

/** Key sets of one HTTP client: more than an app has providers. */
const MOST_KEY_SETS = 100;

// Clients with the same http option, clock and URL share the keys.
const shared = new WeakMap<object, WeakMap<Clock, RecentlyUsed<KeySet>>>();

/** Gives the key set at a URL: one for all clients with the same `http` option and the same clock. */
export function sharedKeySet(
  url: string,
  provider: string,
  transport: Transport,
  clock: Clock,
): KeySet {
  const clocks = shared.get(transport.connections) ?? new WeakMap<Clock, RecentlyUsed<KeySet>>();
  shared.set(transport.connections, clocks);
  const keySets = clocks.get(clock) ?? new RecentlyUsed<KeySet>(MOST_KEY_SETS);
  clocks.set(clock, keySets);
  return keySets.use(url, () => new KeySet(url, provider, transport, clock));
}
