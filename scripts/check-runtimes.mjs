// Runs the matrix of runtimes and tools (runtimes/matrix.mjs) alone; check-packed.mjs runs it too. `--only NAME` runs the rows
// whose name begins so.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMatrix } from "../runtimes/matrix.mjs";
import { installPackedPackages } from "./packed-packages.mjs";

const [flag, only] = process.argv.slice(2);
if (flag !== undefined && (flag !== "--only" || !only)) {
  console.error("Usage: node scripts/check-runtimes.mjs [--only NAME]");
  process.exit(2);
}
const project = mkdtempSync(join(tmpdir(), "grantkit-packed-"));
try {
  installPackedPackages(project);
  await runMatrix(project, only);
} finally {
  rmSync(project, { recursive: true, force: true });
}
