// Signs in with one small program (runtimes/sign-in.mjs) and the packed packages on every runtime, in the bundle of every
// bundler, and with Jest; and type-checks with every way in which TypeScript finds modules. Everything comes from the npm
// registry. `--only NAME` runs the rows whose name begins so.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundlerRows } from "../runtimes/bundler-rows.mjs";
import { jestRows } from "../runtimes/jest-rows.mjs";
import { runtimeRows } from "../runtimes/runtime-rows.mjs";
import { typescriptRows } from "../runtimes/typescript-rows.mjs";
import { installPackedPackages } from "./packed-packages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Rows at a time: they wait for processes more than for the processor. */
const ROWS_AT_A_TIME = 2;
/** Milliseconds after which a program of a row is killed. */
const TIME_LIMIT = 120_000;

const [flag, only = ""] = process.argv.slice(2);
if (flag !== undefined && (flag !== "--only" || only === "")) {
  console.error("Usage: node scripts/check-runtimes.mjs [--only NAME]");
  process.exit(2);
}
const rows = [...runtimeRows, ...bundlerRows, ...jestRows, ...typescriptRows].filter(({ name }) =>
  name.startsWith(only),
);

/** Runs a program, and throws with its output if it fails. */
async function run(program, args, { cwd, env = {} }) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    timeout: TIME_LIMIT,
    stdio: ["ignore", "pipe", "pipe"],
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
function installRuntimes() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const install = ["install", "--frozen-lockfile", "--prefer-offline"];
  const { status, stdout, stderr } = spawnSync("npx", ["--yes", packageManager, ...install], {
    cwd: join(root, "runtimes"),
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`The runtimes cannot be installed:\n${stdout}${stderr}`);
}

const folder = mkdtempSync(join(tmpdir(), "grantkit-runtimes-"));
const project = join(folder, "project");
let emulator;

async function runRow(row) {
  const began = performance.now();
  const output = join(folder, "out", row.name);
  mkdirSync(output, { recursive: true });
  let outcome = "ok";
  try {
    outcome = (await row.run({ root, project, output, user: `${emulator.url}/${row.name}`, run })) ?? outcome;
  } catch (error) {
    outcome = "failed";
    console.error(`\n${row.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  // CI has a binary for every row.
  if (outcome !== "ok" && (outcome === "failed" || process.env.CI === "true")) process.exitCode = 1;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${row.name.padEnd(24)} ${outcome.padEnd(8)} ${seconds.padStart(6)} s`);
}

async function startEmulator() {
  const child = spawn(process.execPath, ["emulator.mjs"], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(createInterface(child.stdout), "line");
  return { url, stop: () => child.kill() };
}

try {
  if (rows.some(({ needsRuntime }) => needsRuntime)) installRuntimes();
  mkdirSync(project);
  installPackedPackages(project);
  for (const name of ["emulator", "main", "sign-in", "worker"]) {
    copyFileSync(join(root, `runtimes/${name}.mjs`), join(project, `${name}.mjs`));
  }
  emulator = await startEmulator();
  const waiting = [...rows];
  const work = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) await runRow(row);
  };
  await Promise.all(Array.from({ length: ROWS_AT_A_TIME }, work));
} finally {
  emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
}
