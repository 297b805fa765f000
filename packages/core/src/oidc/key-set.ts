import type { Clock } from "../clock.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { Deadline } from "../http/deadline.ts";
import { type EndpointSender, sendWithRetries } from "../http/endpoint-retries.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import { getWithinOrigin } from "../http/within-origin.ts";
import { ownOptions } from "../options/own-fields.ts";
import { RecentlyUsed } from "../recently-used.ts";
import { FetchAllowance } from "./fetch-allowance.ts";

/** A JSON Web Key Set (RFC 7517 §5) whose keys are not imported yet. */
export interface KeySetDocument {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Milliseconds, as all times here. */
const FRESH_FOR = 5 * 60_000;
/** While the provider cannot be reached; a key may have been withdrawn meanwhile. */
const TRUSTED_FOR = 24 * 60 * 60_000;
/** After a failure, while there are older keys to use. */
const BETWEEN_ATTEMPTS = 30_000;
/** Bytes. */
const LARGEST_DOCUMENT = 512 * 1024;
const MOST_KEYS = 100;

/** A client that asks for keys. */
export interface KeySetClient extends EndpointSender {
  /** The time limit for fetching the keys, in milliseconds. */
  readonly endpointTimeout: number;
}

/** Where a JWT came from: the provider itself, or anybody who can send one to the app. */
export type JwtSource = "provider" | "anybody";

/**
 * A provider's signing keys. They are fetched once for all callers and kept for five minutes, or up to a day while the
 * provider cannot be reached. A new document replaces the old one: a withdrawn key is no longer trusted.
 */
export class KeySet {
  readonly #url: string;
  readonly #clock: Clock;
  // One for each source: made-up key ids of strangers never keep a sign-in from the newest keys.
  readonly #allowances: Readonly<Record<JwtSource, FetchAllowance>>;
  #document: KeySetDocument | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<KeySetDocument> | undefined;

  constructor(url: string, clock: Clock) {
    this.#url = url;
    this.#clock = clock;
    this.#allowances = { provider: new FetchAllowance(clock), anybody: new FetchAllowance(clock) };
  }

  /**
   * Gives the keys, from the cache while it is fresh.
   *
   * @throws OAuthError with code `KEY_SET_UNAVAILABLE` when there are none and none can be fetched.
   */
  async keys(client: KeySetClient): Promise<KeySetDocument> {
    const now = this.#clock.now();
    const age = now - this.#fetchedAt;
    if (this.#document && age < FRESH_FOR) return this.#document;
    const failedLately = now - this.#failedAt < BETWEEN_ATTEMPTS;
    if (this.#document && failedLately && age < TRUSTED_FOR) return this.#document;
    try {
      return await this.#fetch(client);
    } catch (error) {
      this.#failedAt = this.#clock.now();
      if (this.#document && age < TRUSTED_FOR) return this.#document;
      throw error;
    }
  }

  /**
   * Fetches the keys again, for a JWT whose key is missing: a few times a minute at most, so that JWTs with invented key ids
   * cannot make us flood the provider. A fetch that fails does not count.
   *
   * @returns undefined when it was fetched too often.
   * @throws OAuthError with code `KEY_SET_UNAVAILABLE`.
   */
  async refetch(client: KeySetClient, source: JwtSource): Promise<KeySetDocument | undefined> {
    if (this.#fetching) return this.#fetch(client);
    const allowance = this.#allowances[source];
    if (!allowance.take()) return undefined;
    return this.#fetch(client).catch((error: unknown) => {
      allowance.giveBack();
      throw error;
    });
  }

  /** Fetches the keys, or joins the fetch under way for as long as the caller's own time limit allows. */
  async #fetch(client: KeySetClient): Promise<KeySetDocument> {
    if (!this.#fetching) {
      this.#fetching = this.#load(client).finally(() => {
        this.#fetching = undefined;
      });
      return this.#fetching;
    }
    const deadline = new Deadline(this.#clock, client.endpointTimeout);
    try {
      return await unlessAborted(this.#fetching, deadline.signal);
    } catch (error) {
      throw deadline.expired ? unavailable(client, tooSlow(client)) : error;
    } finally {
      deadline.clear();
    }
  }

  async #load(client: KeySetClient): Promise<KeySetDocument> {
    const url = this.#url;
    const call = {
      url,
      timeout: client.endpointTimeout,
      maxBytes: LARGEST_DOCUMENT,
      what: "the key set",
    };
    const { provider, transport } = client;
    const insecureHttp = transport.insecureHttp.origins;
    const document = { provider: provider.name, what: "the key set", url, insecureHttp };
    const response = await sendWithRetries(client, call, (send) =>
      getWithinOrigin(document, send, (reason) => unavailable(client, reason)),
    ).catch((error: unknown) => {
      const { code } = error as OAuthError;
      if (code === "KEY_SET_UNAVAILABLE") throw error;
      throw unavailable(client, code === "TIMEOUT" ? tooSlow(client) : code);
    });
    if (response.status !== 200) throw unavailable(client, `status ${response.status}`);
    const keys = readKeys(response.body);
    if (!keys) throw unavailable(client, "it is not a JSON Web Key Set");
    if (keys.length > MOST_KEYS) {
      throw unavailable(client, `it lists more than ${MOST_KEYS} keys`);
    }
    this.#document = { keys };
    this.#fetchedAt = this.#clock.now();
    return this.#document;
  }
}

function tooSlow({ endpointTimeout }: KeySetClient): string {
  return `no complete answer within the timeout of ${endpointTimeout} ms`;
}

function unavailable({ provider: { name: provider } }: KeySetClient, reason: string): OAuthError {
  const message = `The keys of ${provider} for ID tokens could not be fetched (${reason}). Try again later, or check endpoints.jwks.`;
  return new OAuthError("KEY_SET_UNAVAILABLE", message, { provider, retryable: true });
}

function readKeys(body: Uint8Array): Record<string, unknown>[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const keys = (ownOptions(document) as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return undefined;
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
export function sharedKeySet(url: string, { transport, clock }: KeySetClient): KeySet {
  const clocks = shared.get(transport.connections) ?? new WeakMap<Clock, RecentlyUsed<KeySet>>();
  shared.set(transport.connections, clocks);
  const keySets = clocks.get(clock) ?? new RecentlyUsed<KeySet>(MOST_KEY_SETS);
  clocks.set(clock, keySets);
  return keySets.use(url, () => new KeySet(url, clock));
}
