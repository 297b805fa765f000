// The rows of bundlers: each bundles the program into a folder without node_modules, and Node runs the bundle.
import { join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { build as rolldown } from "rolldown";
import { rollup } from "rollup";
import webpack from "webpack";
import { binaryOf } from "./runtime-rows.mjs";

/** Makes a row of a bundler, which writes `main.mjs` into the output folder. */
function row(name, bundle) {
  const run = async (context) => {
    const { project, output, user } = context;
    const outcome = await bundle(join(project, "main.mjs"), output, context);
    if (outcome === "skipped") return outcome;
    await context.run(process.execPath, ["main.mjs", user], { cwd: output });
    return "ok";
  };
  return { name, run };
}

const byEsbuild = (platform) => (entry, output) =>
  esbuild({
    entryPoints: [entry],
    outfile: join(output, "main.mjs"),
    bundle: true,
    format: "esm",
    platform,
    logLevel: "silent",
  });

async function byRollup(input, dir) {
  const plugins = [nodeResolve({ exportConditions: ["node"] }), commonjs(), json()];
  const bundle = await rollup({ input, plugins, logLevel: "silent" });
  await bundle.write({ dir, format: "esm", entryFileNames: "[name].mjs" });
}

const byRolldown = (input, dir) =>
  rolldown({
    input,
    platform: "node",
    logLevel: "silent",
    output: { dir, entryFileNames: "[name].mjs" },
  });

function byWebpack(entry, path) {
  const compiler = webpack({
    entry,
    mode: "none",
    target: "node20",
    experiments: { outputModule: true },
    output: { path, filename: "main.mjs", library: { type: "module" } },
  });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error ?? stats.hasErrors()) reject(error ?? new Error(stats.toString("errors-only")));
      else compiler.close(() => resolve());
    });
  });
}

async function byBun(entry, output, { root, run }) {
  const bun = binaryOf(root, "bun");
  if (!bun) return "skipped";
  const args = ["build", entry, "--target=node", `--outfile=${join(output, "main.mjs")}`];
  await run(bun, args, { cwd: output });
  return "bundled";
}

export const bundlerRows = [
  row("esbuild-node-esm", byEsbuild("node")),
  row("esbuild-neutral", byEsbuild("neutral")),
  row("esbuild-browser", byEsbuild("browser")),
  row("rollup", byRollup),
  row("rolldown", byRolldown),
  row("webpack", byWebpack),
  { ...row("bun-build", byBun), needsRuntime: true },
];
