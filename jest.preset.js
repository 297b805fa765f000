export default {
  testEnvironment: "node",
  // A test that hangs must end; no test may fail because the machine is busy.
  // Every test file imports what it uses of Jest.
  injectGlobals: false,
  testTimeout: 120_000,
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
