// Adds up the test results of all workspaces and prints one line: "N passed, N failed".
import { existsSync, readdirSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
const workspaces = ["packages", "apps"].flatMap((folder) =>
  readdirSync(folder).map((name) => `${folder}/${name}`),
);
for (const workspace of [...workspaces, "examples", "store-faults"]) {
  if (!existsSync(`${workspace}/jest.config.js`)) continue;
  const path = `${workspace}/test-results.json`;
  if (!existsSync(path)) {
    console.error(`${workspace} has no test results`);
    failed += 1;
    continue;
  }
  const results = JSON.parse(readFileSync(path, "utf8"));
  passed += results.numPassedTests;
  // A suite that could not start counts as a failure, because its tests did not run.
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
