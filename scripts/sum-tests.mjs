// Prints one line that sums the test runs of all workspaces: "N passed, N failed".
import { existsSync, readdirSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const folder of ["packages", "apps"]) {
  for (const name of readdirSync(folder)) {
    if (!existsSync(`${folder}/${name}/jest.config.js`)) continue;
    const path = `${folder}/${name}/test-results.json`;
    if (!existsSync(path)) {
      console.error(`${folder}/${name} wrote no test results`);
      failed += 1;
      continue;
    }
    const results = JSON.parse(readFileSync(path, "utf8"));
    passed += results.numPassedTests;
    // A suite that could not start counts as a failure too: its tests were not run.
    failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  }
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
