// Adds the package of a provider: `pnpm new-provider <id> [Name]`, for example `pnpm new-provider gitlab GitLab`.
//
// Copies templates/provider to packages/provider-<id>, and adds the package wherever the workspace lists packages. The tests
// of the new package fail until its placeholders are filled in: see docs/guides/new-provider.md.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    // For the test of this script: another root, without an installation.
    root: { type: "string", default: fileURLToPath(new URL("..", import.meta.url)) },
    "no-install": { type: "boolean", default: false },
  },
});
const [id = "", name = id.charAt(0).toUpperCase() + id.slice(1)] = positionals;
const { root } = values;
const at = (path) => join(root, path);
const read = (path) => readFileSync(at(path), "utf8");
const folder = `packages/provider-${id}`;
const packageName = `@grantkit/provider-${id}`;

if (!/^[a-z][a-z0-9]*$/.test(id) || name.toLowerCase() !== id || !/^[A-Z]/.test(name)) {
  fail(
    "Usage: pnpm new-provider <id> [Name]. The id has lower-case letters and digits, and the name is the id with capitals: gitlab GitLab.",
  );
}
if (existsSync(at(folder))) fail(`${folder} exists already: choose another id.`);

// Everything is read and changed in memory first: a list that has changed its form leaves no half of a package.
const changed = [
  edit("package.json", addDevDependency),
  edit("turbo.json", addPackedBuild),
  edit("CONTRIBUTING.md", addToMap),
  edit("README.md", addToTable),
];
copyTemplate();
for (const [path, text] of changed) writeFileSync(at(path), text);
writeFileSync(
  at(`.changeset/${id}-package.md`),
  `---\n"${packageName}": minor\n---\n\nA package for ${name}: sign-in and the API.\n`,
);
if (!values["no-install"]) {
  run("pnpm", ["install"]);
  run("pnpm", [
    "exec",
    "prettier",
    "--write",
    "--log-level=warn",
    folder,
    ...changed.map(([path]) => path),
  ]);
}
console.log(`${folder} is there. Its tests fail until it is filled in:

  cd ${folder}
  grep -rn "FILL IN\\|fill-in" README.md src test
  pnpm build && pnpm api:update && pnpm test

docs/guides/new-provider.md says what to fill in, and in which order.`);

function copyTemplate() {
  cpSync(at("templates/provider"), at(folder), {
    recursive: true,
    filter: (path) => !/[\\/](?:node_modules|dist|\.turbo)$/.test(path),
  });
  for (const entry of readdirSync(at(folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, filledIn(readFileSync(path, "utf8")));
    renameSync(path, join(dirname(path), filledIn(entry.name)));
  }
  // For the API report, which `pnpm api:update` writes.
  mkdirSync(at(`${folder}/etc`));
}

/** Replaces the template's provider, Acme, in a text. */
function filledIn(text) {
  const core = JSON.parse(read("packages/core/package.json")).version;
  return text
    .replaceAll("acme", id)
    .replaceAll("Acme", name)
    .replaceAll("ACME", id.toUpperCase())
    .replace(/("@grantkit\/core": )"\^[\d.]+"/, `$1"^${core}"`);
}

function edit(path, change) {
  const before = read(path);
  const after = change(before);
  if (after === before) fail(`${path} does not list the provider packages where expected.`);
  return [path, after];
}

function addDevDependency(text) {
  const manifest = JSON.parse(text);
  manifest.devDependencies[packageName] = "workspace:^";
  manifest.devDependencies = sorted(manifest.devDependencies);
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function addPackedBuild(text) {
  return insertAfterLast(text, /^ +"@grantkit\/provider-\w+#build",\n/gm, (indent) => {
    return `${indent}"${packageName}#build",\n`;
  });
}

function addToMap(text) {
  return insertAfterLast(text, /^packages\/provider-\w+(?: .*)?\n/gm, () => `${folder}\n`);
}

function addToTable(text) {
  const row = `| [\`${packageName}\`](${folder}) | ${name}: sign-in and the API |\n`;
  return insertAfterLast(text, /^\| \[`@grantkit\/provider-\w+`\].*\n/gm, () => row);
}

/** Inserts a line after the last of those that a pattern finds. */
function insertAfterLast(text, pattern, lineFor) {
  const last = [...text.matchAll(pattern)].at(-1);
  if (!last) return text;
  const end = last.index + last[0].length;
  const [indent] = /^ */.exec(last[0]);
  return text.slice(0, end) + lineFor(indent) + text.slice(end);
}

function sorted(fields) {
  return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function run(program, args) {
  const shell = process.platform === "win32";
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit", shell });
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
