export * from "./servers/index.ts";
export { faultCases, FAULTS_OF_RECORDS } from "./fault-cases.ts";
export type { FaultHarness, NamedFault } from "./fault-cases.ts";
export { bundle, Processes } from "./processes/processes.ts";
export type { ProcessStore } from "./processes/processes.ts";
export { Running } from "./processes/running.ts";
