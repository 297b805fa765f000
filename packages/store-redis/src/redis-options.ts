import { must, mustBeFlag, optionProblems, type OptionRules } from "@grantkit/core/requests";
import type { ReplicaWait } from "./connection.ts";
import type { RedisClient } from "./redis-client.ts";
import { serverOf } from "./redis-server.ts";

/** How a {@link RedisTokenStore} keeps its records. */
export interface RedisTokenStoreOptions {
  /**
   * A connected client of node-redis 5 or 6, ioredis 5 or 6, iovalkey or `@upstash/redis`, of one server, of Sentinel or of a cluster; or an
   * object with `eval(script, keys, args)` for any other. Of the primary server: a replica may be behind.
   */
  readonly client: RedisClient;
  /** What the names of all keys in Redis begin with; without braces. @defaultValue `"grantkit:"` */
  readonly prefix?: string;
  /**
   * How many milliseconds after its end Redis deletes a record: after the refresh token expires, or the access token of a
   * record that nothing can refresh. Records without a known end stay. `Infinity` keeps all: pass it if your sessions have
   * `renew`, which replaces expired access tokens. @defaultValue 30 days
   */
  readonly expireAfterMs?: number;
  /** The longest time to wait for an answer, in milliseconds; then `STORE_FAILED`. @defaultValue `5_000` */
  readonly timeoutMs?: number;
  /**
   * How many replicas must have each write and each lock, so that a failover loses none; with fewer, `STORE_FAILED`, and no
   * refresh begins. Not with a pool or `createSentinel()`, and not with a client that has only `eval`. @defaultValue no replica
   */
  readonly waitForReplicas?: ReplicaWait;
  /**
   * Lets `check()` pass for a server that evicts tokens or persists none, for example in development. @defaultValue `false`
   */
  readonly mayLoseTokens?: boolean;
}

/** Three centuries, in milliseconds: Redis refuses an expiry beyond 64 bits, and it does so after the script has written. */
const LONGEST_EXPIRY = 1e13;

const isMilliseconds = (value: unknown): boolean =>
  typeof value === "number" && value > 0 && value < 2 ** 31;

const REPLICA_RULES: OptionRules<ReplicaWait> = {
  count: (value, name) =>
    Number.isInteger(value) && Number(value) > 0 ? [] : [`${name} must be a whole number above 0`],
  timeoutMs: (value, name) =>
    isMilliseconds(value) ? [] : [`${name} must be a number of milliseconds above 0`],
};

/** The rules of the options. */
export const RULES: OptionRules<RedisTokenStoreOptions> = {
  client: (value, name) =>
    serverOf(value)
      ? []
      : [
          `${name} must be a client of node-redis, ioredis, iovalkey or @upstash/redis, or an object with eval(script, keys, args)`,
        ],
  prefix: must(
    'be printable ASCII characters without "{" and "}", for example "my-app:"',
    (value) => typeof value === "string" && /^[\x21-\x7a\x7c\x7e]+$/.test(value),
  ),
  expireAfterMs: must(
    `be a number of milliseconds above 0 and up to ${LONGEST_EXPIRY}, or Infinity`,
    (value) =>
      typeof value === "number" && value > 0 && (value <= LONGEST_EXPIRY || value === Infinity),
  ),
  timeoutMs: must("be a number of milliseconds above 0", isMilliseconds),
  waitForReplicas: (value, name, { client }) => {
    if (value === undefined) return [];
    const problems = optionProblems(value, REPLICA_RULES, `${name}.`);
    const server = serverOf(client);
    if (server && !server.runAndSend) {
      problems.push(
        `${name} needs a client with one connection: not a pool, not createSentinel(), and not only eval()`,
      );
    }
    return problems;
  },
  mayLoseTokens: mustBeFlag,
};
