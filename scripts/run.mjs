// Runs the root commands: `node scripts/run.mjs demo|test|check|bench`. They need only Node and npm: each first installs
// the workspace's dependencies, the demo only if something has changed since its last build.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.mjs";
import { isDemoBuilt, sourcesHash, stampDemoBuild } from "./demo-build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const [command = "", ...rest] = process.argv.slice(2);

/** Runs a program, and exits with its exit code if it fails. */
function run(program, args, { env = process.env } = {}) {
  const { status, signal } = spawnSync(program, args, {
    cwd: root,
    env,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(signal ? 130 : (status ?? 1));
}

/** Does the same with a dot for each second, and prints the program's output only if it fails. */
async function runQuietly(title, program, args) {
  process.stdout.write(`${title} `);
  const dots = setInterval(() => process.stdout.write("."), 1000);
  const child = spawn(program, args, { cwd: root, shell: process.platform === "win32" });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => output.push(chunk));
  }
  const [status, signal] = await once(child, "close");
  clearInterval(dots);
  process.stdout.write("\n");
  if (status === 0) return;
  process.stderr.write(Buffer.concat(output));
  process.exit(signal ? 130 : (status ?? 1));
}

// npx runs the version of pnpm that package.json pins, without a global install or corepack.
const PNPM = ["--yes", packageManager];
// Two tasks at a time, because jest, tsc and Chromium each use all cores of a small machine.
const TURBO = [...PNPM, "exec", "turbo", "run", "--concurrency=2"];
const turbo = (args, options) => run("npx", [...TURBO, ...args], options);
const build = (name) =>
  runQuietly("Building", "npx", [
    ...TURBO,
    "build",
    `--filter=@grantkit/${name}`,
    "--output-logs=errors-only",
  ]);
const install = () =>
  runQuietly(`Installing the dependencies (${packageManager})`, "npx", [
    ...PNPM,
    "install",
    "--frozen-lockfile",
    "--prefer-offline",
  ]);
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
  async demo() {
    if (isDemoBuilt(root)) {
      console.log("Nothing has changed since the last build. Starting …");
    } else {
      await install();
      const sources = sourcesHash(root);
      await build("demo");
      stampDemoBuild(root, sources);
      console.log("Starting …");
    }
    node(["apps/demo/dist/main.js", ...rest]);
  },
  async test() {
    await install();
    turbo(["test", "--continue", "--output-logs=full", ...rest], { env: withChromium() });
  },
  async check() {
    await install();
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
        "//#check:sizes",
        "//#check:snippets",
        "//#check:packed",
        "--continue",
        "--output-logs=errors-only",
        ...rest,
      ],
      { env: withChromium() },
    );
  },
  async bench() {
    await install();
    await build("benchmarks");
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
await commands[command]();
