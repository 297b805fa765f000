import {
  ConfigurationError,
  type KeyPage,
  type KeyQuery,
  type LockLimits,
  OAuthError,
  type StoredToken,
  type StoreInspection,
  type StoreLease,
  type TokenRecord,
  type TokenStore,
} from "@grantkit/core";
import { optionProblems, ownOptions, recordEnd, withStoreLock } from "@grantkit/core/requests";
import { Connection } from "./connection.ts";
import { namesOf, tagged, TAGS } from "./key-names.ts";
import { pageOf } from "./key-pages.ts";
import { lockOf } from "./lock.ts";
import { headOf, readRecord, serialize } from "./record-text.ts";
import { type RedisTokenStoreOptions, RULES } from "./redis-options.ts";
import { type RedisServer, serverOf } from "./redis-server.ts";
import { DELETE, PROBE, TIME, WRITE } from "./scripts.ts";
import { findingsOf } from "./server-findings.ts";

const MONTH = 30 * 24 * 60 * 60 * 1000;

/**
 * A `TokenStore` in Redis or Valkey, for the processes of several machines. The client is yours: the store neither connects
 * nor closes it. Records are not encrypted: who can read the database can read the tokens.
 *
 * A method throws `STORE_FAILED` when Redis cannot be reached, refuses or does not answer in time, and `RECORD_UNREADABLE`
 * for a record that is damaged. The message says what to do.
 *
 * @example
 * ```ts
 * import type { OAuth2Client } from "@grantkit/core";
 * import { type RedisClient, RedisTokenStore } from "@grantkit/store-redis";
 *
 * export async function openSession(client: OAuth2Client, redis: RedisClient, userId: string) {
 *   const store = new RedisTokenStore({ client: redis });
 *   return client.storedSession({ store, key: userId });
 * }
 * ```
 */
export class RedisTokenStore implements TokenStore {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #expireAfterMs: number;
  readonly #mayLoseTokens: boolean;

  /**
   * @param options - The client, and how records are kept.
   * @throws ConfigurationError for options that cannot be used.
   */
  constructor(options: RedisTokenStoreOptions) {
    const problems = optionProblems(options, RULES);
    if (problems.length > 0) throw new ConfigurationError("RedisTokenStore", problems);
    const own = ownOptions(options);
    const { client, prefix = "grantkit:", timeoutMs = 5000, waitForReplicas } = own;
    const replicas = waitForReplicas && ownOptions(waitForReplicas);
    this.#connection = new Connection(serverOf(client) as RedisServer, timeoutMs, replicas);
    this.#prefix = prefix;
    this.#expireAfterMs = own.expireAfterMs ?? MONTH;
    this.#mayLoseTokens = own.mayLoseTokens ?? false;
  }

  /** See `TokenStore`. */
  async get(key: string): Promise<StoredToken | undefined> {
    const [record] = namesOf(this.#prefix, key).keys;
    return readRecord(await this.#connection.get(record), key, record);
  }

  /** See `TokenStore`. */
  async compareAndSet(
    key: string,
    expected: string | undefined,
    next: TokenRecord,
  ): Promise<string | undefined> {
    const { keys, member } = namesOf(this.#prefix, key);
    const { text, head, version } = serialize(key, next);
    const parameters = [expectedHead(expected), head, text, member, this.#lifetimeOf(next)];
    const answer = await this.#connection.write(WRITE, keys, parameters);
    return Number(answer) === 1 ? version : undefined;
  }

  /** See `TokenStore`. */
  async delete(key: string, expected?: string): Promise<boolean> {
    const { keys, member } = namesOf(this.#prefix, key);
    const answer = await this.#connection.write(DELETE, keys, [expectedHead(expected), member]);
    return Number(answer) === 1;
  }

  /** See `TokenStore`. */
  async keys(query?: KeyQuery): Promise<KeyPage> {
    return pageOf(this.#connection, this.#prefix, query);
  }

  /** See `TokenStore`. */
  withLock<T>(
    key: string,
    limits: LockLimits,
    work: (lease: StoreLease) => Promise<T>,
  ): Promise<T> {
    const { lock } = namesOf(this.#prefix, key);
    return withStoreLock(lockOf(this.#connection, lock), limits, work);
  }

  /**
   * See `TokenStore`. Writes a probe, and looks whether Redis evicts or forgets tokens, or is a replica.
   *
   * @throws OAuthError with code `STORE_FAILED`.
   */
  async check(): Promise<void> {
    const tags = this.#connection.server.isCluster ? TAGS : TAGS.slice(0, 1);
    await Promise.all(
      tags.map((tag) => this.#connection.write(PROBE, [tagged(this.#prefix, tag, "check")])),
    );
    const faults = (await findingsOf(this.#connection)).filter(
      ({ isFatal, code }) => isFatal && (code === "READ_FROM_REPLICA" || !this.#mayLoseTokens),
    );
    if (faults.length === 0) return;
    throw new OAuthError("STORE_FAILED", faults.map(({ message }) => message).join(" "));
  }

  /** See `TokenStore`. Tells what `check()` looks at, and what of it cannot be seen. */
  async inspect(): Promise<StoreInspection> {
    const time = this.#connection.run(TIME, [tagged(this.#prefix, TAGS[0] ?? "", "check")]);
    const [seconds, microseconds] = (await time) as unknown[];
    const now = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    const findings = await findingsOf(this.#connection);
    return {
      now,
      findings: findings.map(({ code, message, losesTokens }) => ({ code, message, losesTokens })),
    };
  }

  /** See `TokenStore`; does nothing: close the client yourself. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Milliseconds after which Redis deletes a record; empty for never. */
  #lifetimeOf(record: TokenRecord): number | "" {
    const end = recordEnd(record);
    if (end === undefined || this.#expireAfterMs === Infinity) return "";
    return Math.ceil(Math.max(0, end - Date.now()) + this.#expireAfterMs);
  }
}

const expectedHead = (version: string | undefined): string =>
  version === undefined ? "" : headOf(version);
