import { findProgram } from "./programs.ts";
import { freePort, serverFolder, startServer, type TestServer } from "./test-server.ts";

/** How Redis is started. */
interface RedisOptions {
  /**
   * Directives of redis.conf, for example `{ appendonly: "yes", "maxmemory-policy": "allkeys-lru", requirepass: "p" }`. By
   * default nothing is persisted.
   */
  readonly config?: Readonly<Record<string, string>>;
  /** The server that it is a replica of. */
  readonly replicaOf?: TestServer;
}

/** Starts a Redis server with one empty database. */
export async function startRedis({
  config = {},
  replicaOf,
}: RedisOptions = {}): Promise<TestServer> {
  const port = await freePort();
  const password = config["requirepass"];
  const directives = {
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    // A replica begins at once, and not after five seconds.
    "repl-diskless-sync-delay": "0",
    ...(replicaOf && { replicaof: `127.0.0.1 ${replicaOf.port}` }),
    ...config,
  };
  return startServer(
    {
      port,
      url: `redis://${password === undefined ? "" : `default:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
      folder: serverFolder({}),
    },
    {
      program: findProgram("redis-server"),
      parameters: Object.entries(directives).flatMap(([name, value]) => [
        `--${name}`,
        ...words(value),
      ]),
      ready: /Ready to accept connections/,
    },
  );
}

const words = (value: string): readonly string[] => (value === "" ? [""] : value.split(" "));
