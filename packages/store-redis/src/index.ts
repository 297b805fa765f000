/**
 * A token store in Redis or Valkey.
 *
 * @packageDocumentation
 */
export type { ReplicaWait } from "./connection.ts";
export type {
  EvalClient,
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
} from "./redis-client.ts";
export type { RedisTokenStoreOptions } from "./redis-options.ts";
export { RedisTokenStore } from "./redis-token-store.ts";
