import { availableParallelism } from "node:os";

export default {
  testEnvironment: "node",
  // A test that hangs must end; no test may fail because the machine is busy.
  // Every test file imports what it uses of Jest.
  injectGlobals: false,
  testTimeout: 120_000,
  // Two at least: many tests wait for a server or a process, not for the processor.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  testMatch: ["<rootDir>/{src,test}/**/*.test.ts"],
  transform: {
    "^.+\\.tsx?$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "es6" },
        sourceMaps: "inline",
      },
    ],
  },
  testEnvironmentOptions: {
    customExportConditions: ["@grantkit/source", "node", "node-addons"],
  },
};
