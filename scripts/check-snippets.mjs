// Compiles every ```ts block in the READMEs, the docs and the TSDoc comments against the workspace's sources.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "temp/snippets");
const PLACES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs",
  "packages",
  "apps",
  "benchmarks",
  "examples",
];
/** Drivers that snippets import: only the packages that test with them have them. */
const DRIVERS = { pg: ["../../packages/store-postgres/node_modules/@types/pg/index.d.mts"] };
const SKIPPED = /node_modules|[\\/](?:dist|temp|test|\.turbo)[\\/]|CHANGELOG\.md$/;

function* filesBelow(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) yield path;
  if (!stats?.isDirectory()) return;
  for (const name of readdirSync(path, { recursive: true })) {
    const file = join(path, String(name));
    if (!SKIPPED.test(file) && statSync(file).isFile()) yield file;
  }
}

function* snippetsOf(file) {
  const text = readFileSync(file, "utf8");
  const source = file.endsWith(".ts");
  if (!source && !file.endsWith(".md")) return;
  const fence = source ? /^\s*\* ```ts\n([\s\S]*?)^\s*\* ```$/gm : /^```ts\n([\s\S]*?)^```$/gm;
  for (const match of text.matchAll(fence)) {
    const line = text.slice(0, match.index).split("\n").length;
    const code = source ? match[1].replaceAll(/^\s*\* ?/gm, "") : match[1];
    yield { name: `${file.slice(root.length).replaceAll(/[\\/]/g, "__")}.line-${line}.ts`, code };
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let count = 0;
for (const place of PLACES) {
  for (const file of filesBelow(join(root, place))) {
    for (const { name, code } of snippetsOf(file)) {
      writeFileSync(join(out, name), code);
      count += 1;
    }
  }
}
writeFileSync(
  join(out, "tsconfig.json"),
  JSON.stringify({
    extends: "../../tsconfig.base.json",
    compilerOptions: {
      noEmit: true,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: DRIVERS,
    },
    include: ["*.ts"],
  }),
);
const tsc = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", out], { stdio: "inherit", cwd: root });
console.log(`${count} snippets ${status === 0 ? "compile" : "were compiled, some with errors"}`);
process.exitCode = status === 0 && count > 0 ? 0 : 1;
