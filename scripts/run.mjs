// Runs the root commands: `node scripts/run.mjs demo|test|check|bench`. They need only Node and npm: each first installs
// the workspace's dependencies.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const [command = "", ...rest] = process.argv.slice(2);

/** Runs a program, and exits with its exit code if it fails. A quiet one prints its output only then. */
function run(program, args, { quiet = false, env = process.env } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env,
    stdio: quiet ? "pipe" : "inherit",
    shell: process.platform === "win32",
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  process.exit(signal ? 130 : (status ?? 1));
}

// npx runs the version of pnpm that package.json pins, without a global install or corepack.
const pnpm = (args, options) => run("npx", ["--yes", packageManager, ...args], options);
// Two tasks at a time, because jest, tsc and Chromium each use all cores of a small machine.
const turbo = (args, options) =>
  pnpm(["exec", "turbo", "run", "--concurrency=2", ...args], options);
const node = (args) => run(process.execPath, args);

/** The versions of Node that benchmarks run on. */
const BENCH_NODES = ["20.20.2", "24.21.0"];

/** The path of a version of Node: this one, if it has the same major version, or npm's package `node` by npx. */
function nodeOf(version) {
  const [major] = version.split(".");
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const { status, stdout } = spawnSync(
    "npx",
    ["--yes", `--package=node@${version}`, "--", "node", "--print", "process.execPath"],
    { shell: process.platform === "win32", encoding: "utf8" },
  );
  if (status === 0) return stdout.trim();
  console.log(`Node ${major} is not measured: npm could not install node@${version}.`);
  return undefined;
}

const commands = {
  demo() {
    turbo(["build", "--filter=@grantkit/demo", "--output-logs=errors-only"], { quiet: true });
    node(["apps/demo/dist/main.js", ...rest]);
  },
  test() {
    turbo(["test", "--continue", "--output-logs=full", ...rest], { env: withChromium() });
  },
  check() {
    node(["scripts/check-changeset.mjs"]);
    node(["scripts/check-published-manifests.mjs"]);
    turbo(
      [
        "build",
        "typecheck",
        "test",
        "package-check",
        "api",
        "//#lint:oxlint",
        "//#lint:format",
        "//#lint:knip",
        "//#check:map",
        "//#check:snippets",
        "//#check:packed",
        "--continue",
        "--output-logs=errors-only",
        ...rest,
      ],
      { env: withChromium() },
    );
  },
  bench() {
    turbo(["build", "--filter=@grantkit/benchmarks", "--output-logs=errors-only"], { quiet: true });
    for (const program of BENCH_NODES.map(nodeOf)) {
      if (program) run(program, ["--expose-gc", "benchmarks/dist/main.js", ...rest]);
    }
  },
};

/** Returns the environment for tests, with CHROMIUM_PATH: turbo's cache depends on whether there is a browser. */
function withChromium() {
  const chromium = findChromium();
  if (chromium) return { ...process.env, CHROMIUM_PATH: chromium };
  if (process.env.CI === "true") {
    console.error("No Chromium: CI runs the browser tests. Install one, or set CHROMIUM_PATH.");
    process.exit(1);
  }
  console.log("No Chromium found (CHROMIUM_PATH, or chromium on PATH): browser tests are skipped.");
  return process.env;
}

if (!Object.hasOwn(commands, command)) {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(commands).join("|")}`);
  process.exit(2);
}
console.log(`Installing the dependencies (${packageManager}) …`);
pnpm(["install", "--frozen-lockfile", "--prefer-offline"], { quiet: true });
commands[command]();
