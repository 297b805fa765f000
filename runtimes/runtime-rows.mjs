// The rows of runtimes: the program runs on each as it is, and on workerd as esbuild bundles it for Workers. Where the runtime
// has a SQLite, the promises of a token store are tested on it.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** How often each process of the row "file-store" counts. */
const COUNT = 100;
const PLATFORM = `${process.platform}-${process.arch}`;

/** The binaries in node_modules of this folder, by platform. */
const BINARIES = {
  bun: {
    "darwin-arm64": "@oven/bun-darwin-aarch64/bin/bun",
    "linux-arm64": "@oven/bun-linux-aarch64/bin/bun",
    "linux-x64": "@oven/bun-linux-x64/bin/bun",
  },
  deno: {
    "darwin-arm64": "@deno/darwin-arm64/deno",
    "linux-arm64": "@deno/linux-arm64-glibc/deno",
    "linux-x64": "@deno/linux-x64-glibc/deno",
  },
  workerd: {
    "darwin-arm64": "@cloudflare/workerd-darwin-arm64/bin/workerd",
    "linux-arm64": "@cloudflare/workerd-linux-arm64/bin/workerd",
    "linux-x64": "@cloudflare/workerd-linux-64/bin/workerd",
  },
};

/** The path of a runtime's binary; undefined if there is none for this platform. */
export function binaryOf(root, runtime) {
  const name = BINARIES[runtime]?.[PLATFORM] ?? `${runtime}-${PLATFORM}/bin/node`;
  const path = join(root, "runtimes/node_modules", name);
  return existsSync(path) ? path : undefined;
}

/** Makes a row that runs a program with a binary, or is skipped if there is none for this platform. */
function row(name, start, runtime = name) {
  const run = async (context) => {
    const binary = binaryOf(context.root, runtime);
    if (!binary) return "skipped";
    await start(binary, context);
    return "ok";
  };
  return { name, needsRuntime: true, run };
}

const withArguments =
  (...args) =>
  (binary, { run, project, output, user }) =>
    run(binary, [...args, "main.mjs", user], { cwd: project, env: { DENO_DIR: output } });

/** The promises of a token store on the SQLite of a runtime. */
function sqlite(runtime, ...args) {
  const start = (binary, { run, project, output }) => {
    const file = join(output, "tokens.db");
    const env = { SQLITE_FILE: file, DENO_DIR: output, NODE_NO_WARNINGS: "1" };
    return run(binary, [...args, "sqlite.mjs", file], { cwd: project, env });
  };
  return row(`sqlite-${runtime}`, start, runtime);
}

/** A Worker without `nodejs_compat`, bundled as wrangler does it. */
async function onWorkerd(binary, { run, project, output, user }) {
  await build({
    entryPoints: [join(project, "worker.mjs")],
    outfile: join(output, "worker.mjs"),
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    logLevel: "silent",
  });
  writeFileSync(
    join(output, "workerd.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      bindings = [(name = "USER", text = "${user}")],
      compatibilityDate = "2026-01-01",
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
);
`,
  );
  await run(binary, ["test", "workerd.capnp"], { cwd: output });
}

/** Processes of three versions of Node.js count under one lock of a FileTokenStore. */
const fileStore = {
  name: "file-store",
  needsRuntime: true,
  async run({ root, project, output, run }) {
    const binaries = ["node-20", "node-22", "node-24"].map((name) => binaryOf(root, name));
    if (binaries.includes(undefined)) return "skipped";
    const args = ["count.mjs", join(output, "tokens"), String(COUNT)];
    await Promise.all(binaries.map((binary) => run(binary, args, { cwd: project })));
    const count = await run(binaries[0], [...args.slice(0, -1), "0"], { cwd: project });
    if (Number(count) !== binaries.length * COUNT) throw new Error(`They counted to ${count}.`);
    return "ok";
  },
};

export const runtimeRows = [
  fileStore,
  row("node-20", withArguments()),
  row("node-22", withArguments()),
  row("node-24", withArguments()),
  row("bun", withArguments("run")),
  row("deno", withArguments("run", "--allow-net", "--allow-env", "--allow-read")),
  row("workerd", onWorkerd),
  sqlite("node-22"),
  sqlite("node-24"),
  sqlite("bun", "run"),
  sqlite("deno", "run", "--allow-env", "--allow-read", "--allow-write", "--allow-sys"),
];
