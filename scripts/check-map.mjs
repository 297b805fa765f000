// Compares the map in CONTRIBUTING.md with the tree. Every path on the map must exist. The map must have every package,
// every folder of a package's source, and the other workspaces.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const [, map = ""] =
  /^## Find your way: the map$[\s\S]*?^```\n([\s\S]*?)^```$/m.exec(
    readFileSync("CONTRIBUTING.md", "utf8"),
  ) ?? [];

/** The path on each line of the map. An indented line is inside the folder of the last line without an indent. */
const named = new Set();
let parent = "";
for (const line of map.split("\n").filter(Boolean)) {
  const [, indent, name] = /^( *)(\S+)/.exec(line);
  const path = name.replace(/\/$/, "");
  if (indent === "") parent = path;
  named.add(indent === "" ? path : `${parent}/${path}`);
}

const foldersIn = (path) =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${path}/${name}`)
    : [];

const packages = foldersIn("packages");
const required = [
  "benchmarks",
  "docs",
  "examples",
  "runtimes",
  "scripts",
  ...foldersIn("apps"),
  ...packages.flatMap((path) => foldersIn(`${path}/src`)),
];
const problems = [
  ...[...named].filter((path) => !existsSync(path)).map((path) => `${path} does not exist`),
  ...packages
    .filter((path) => !named.has(path) && !named.has(`${path}/src`))
    .map((path) => `${path} is not on it`),
  ...required.filter((path) => !named.has(path)).map((path) => `${path} is not on it`),
];
if (named.size === 0) problems.push("there is none");

for (const problem of problems) console.error(`The map in CONTRIBUTING.md: ${problem}.`);
if (problems.length > 0) process.exitCode = 1;
else console.log(`The map has ${named.size} files and folders, and all of them exist.`);
