// Signs in with one small program (sign-in.mjs) and the packed packages on every runtime, in the bundle of every bundler, and
// with Jest; and type-checks with the module resolutions of TypeScript. Everything comes from the npm registry.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundlerRows } from "./bundler-rows.mjs";
import { jestRows } from "./jest-rows.mjs";
import { runtimeRows } from "./runtime-rows.mjs";
import { typescriptRows } from "./typescript-rows.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Rows at a time: they wait for processes more than for the processor. */
const ROWS_AT_A_TIME = 2;
/** Milliseconds after which a program of a row is killed. */
const TIME_LIMIT = 120_000;
const INSTALL_TIME_LIMIT = 600_000;

// The rows that need no runtime first: they run while the runtimes are installed.
const allRows = [...typescriptRows, ...jestRows, ...bundlerRows, ...runtimeRows];

/** Runs a program, and throws with its output if it fails. */
async function run(program, args, { cwd, env = {}, ...options }) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    timeout: TIME_LIMIT,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  const [status, signal] = await once(child, "close");
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${signal ?? status}\n${output}`);
  return output;
}

/** Installs the runtimes, which only this check needs. */
async function installRuntimes() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const install = ["install", "--frozen-lockfile", "--prefer-offline"];
  await run("npx", ["--yes", packageManager, ...install], {
    cwd: join(root, "runtimes"),
    timeout: INSTALL_TIME_LIMIT,
    shell: process.platform === "win32",
  });
}

async function startEmulator(project) {
  const child = spawn(process.execPath, ["emulator.mjs"], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(createInterface(child.stdout), "line");
  return { url, stop: () => child.kill() };
}

/** Runs a row and prints its outcome. */
async function runRow(row, context, installed) {
  mkdirSync(context.output, { recursive: true });
  let outcome = "failed";
  let began = performance.now();
  try {
    if (row.needsRuntime) await installed;
    began = performance.now();
    outcome = await row.run(context);
  } catch (error) {
    console.error(`\n${row.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  // CI has a binary for every row.
  if (outcome === "failed" || (outcome === "skipped" && process.env.CI === "true")) {
    process.exitCode = 1;
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${row.name.padEnd(26)} ${outcome.padEnd(8)} ${seconds.padStart(6)} s`);
}

/**
 * Runs the rows, and sets the exit code if one fails.
 *
 * @param project - A folder in which the packed packages are installed.
 * @param only - The beginning of the names of the rows to run.
 */
export async function runMatrix(project, only = "") {
  const rows = allRows.filter(({ name }) => name.startsWith(only));
  if (rows.length === 0) throw new Error(`No row begins with ${only}.`);
  for (const name of ["count", "emulator", "main", "sign-in", "sqlite", "worker"]) {
    copyFileSync(join(root, `runtimes/${name}.mjs`), join(project, `${name}.mjs`));
  }
  const folder = mkdtempSync(join(tmpdir(), "grantkit-matrix-"));
  const emulator = await startEmulator(project);
  const installed = rows.some(({ needsRuntime }) => needsRuntime) ? installRuntimes() : undefined;
  // The rows that wait for it report the failure.
  installed?.catch(() => undefined);
  const work = async () => {
    for (let row = rows.shift(); row; row = rows.shift()) {
      const output = join(folder, row.name);
      await runRow(
        row,
        { root, project, output, user: `${emulator.url}/${row.name}`, run },
        installed,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: ROWS_AT_A_TIME }, work));
  } finally {
    emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
