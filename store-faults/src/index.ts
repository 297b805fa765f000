export { missingServer } from "./servers/programs.ts";
export { startRedis } from "./servers/redis.ts";
export { startPgBouncer, startPostgres } from "./servers/postgres.ts";
export type { PostgresServer } from "./servers/postgres.ts";
export type { TestServer } from "./servers/test-server.ts";
export { faultCases } from "./fault-cases.ts";
export type { FaultHarness, NamedFault } from "./fault-cases.ts";
export { bundle, Processes } from "./processes/processes.ts";
export type { ProcessStore } from "./processes/processes.ts";
