/** node-redis 5 or 6: what `createClient()` or `createClientPool()` gives, after `connect()`. */
export interface NodeRedisClient {
  /** Sends a command. */
  sendCommand(command: string[]): Promise<unknown>;
  /** Whether `connect()` was called. */
  readonly isOpen: boolean;
}

/** A cluster client of node-redis 5 or 6: what `createCluster()` gives, after `connect()`. */
export interface NodeRedisCluster {
  /** Sends a command to the node that has a key. */
  sendCommand(firstKey: string, isReadonly: boolean, command: string[]): Promise<unknown>;
  /** The primary nodes. */
  readonly masters: readonly unknown[];
  /** Gives the client of a node. */
  nodeClient(node: never): unknown;
}

/** The client of node-redis 5 or 6 for Sentinel: what `createSentinel()` gives, after `connect()`. */
export interface NodeRedisSentinel {
  /** Sends a command to the primary server, or a read-only one to a replica. */
  sendCommand(isReadonly: boolean, command: string[]): Promise<unknown>;
  /** Tells which server is the primary one. */
  getMasterNode(): unknown;
}

/** ioredis 5 or 6, or iovalkey: a `Redis` or a `Cluster`. */
export interface IoredisClient {
  /** Sends a command. */
  call(command: string, ...parameters: string[]): Promise<unknown>;
  /** Prepares commands that are sent together. */
  pipeline(commands: unknown[][]): { exec(): Promise<unknown> };
  /** Whether it is a `Cluster`. */
  readonly isCluster: boolean;
}

/** Any other client, such as that of `@upstash/redis`: all that the store needs is a way to run Lua scripts. */
export interface EvalClient {
  /** Runs a Lua script with `KEYS` and `ARGV`, on the primary server that has the keys: all of them are in one hash slot. */
  eval(script: string, keys: string[], parameters: string[]): Promise<unknown>;
}

/** The clients that a `RedisTokenStore` takes. */
export type RedisClient =
  NodeRedisClient | NodeRedisCluster | NodeRedisSentinel | IoredisClient | EvalClient;
