export { missingServer } from "./programs.ts";
export { startPgBouncer, startPostgres } from "./postgres.ts";
export type { PostgresServer } from "./postgres.ts";
export { startRedis } from "./redis.ts";
export type { TestServer } from "./test-server.ts";
