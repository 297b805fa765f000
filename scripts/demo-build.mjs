// Tells whether the demo that was built last is still what the sources say, so that `npm run demo` can start it at once.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files of the whole workspace that a build depends on. node_modules/.pnpm/lock.yaml is what is installed. */
const SHARED = [
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "turbo.json",
  "tsconfig.base.json",
  "scripts/bundle.mjs",
  "scripts/demo-build.mjs",
  "node_modules/.modules.yaml",
  "node_modules/.pnpm/lock.yaml",
];
/** What a workspace's build reads, beside its package.json and tsconfig files: the `inputs` of turbo.json. */
const SOURCES = ["src", "axios.js"];

/** Whether the last build is of these sources, these dependencies and this Node.js, and is all there. */
export function isDemoBuilt(root) {
  const stamp = stampOf(root);
  if (!existsSync(stamp)) return false;
  const workspaces = workspacesOf(root);
  return (
    workspaces.every(areDependenciesLinked) &&
    readFileSync(stamp, "utf8") === `${sourcesHash(root)}\n${outputsHash(root)}\n`
  );
}

/** Hashes what a build reads. Take it before the build: a source that changes meanwhile must be built again. */
export function sourcesHash(root) {
  const ofWorkspaces = workspacesOf(root).flatMap((workspace) => [
    ...readdirSync(workspace)
      .filter((name) => name === "package.json" || /^tsconfig.*\.json$/.test(name))
      .map((name) => join(workspace, name)),
    ...SOURCES.map((name) => join(workspace, name)),
  ]);
  return hashOf([...SHARED.map((name) => join(root, name)), ...ofWorkspaces]);
}

/** Remembers that the sources with this hash were built. */
export function stampDemoBuild(root, sources) {
  mkdirSync(dirname(stampOf(root)), { recursive: true });
  writeFileSync(stampOf(root), `${sources}\n${outputsHash(root)}\n`);
}

const stampOf = (root) => join(root, "node_modules/.cache/grantkit/demo-build");

const outputsHash = (root) =>
  hashOf(workspacesOf(root).map((workspace) => join(workspace, "dist")));

/** The demo, and each workspace that its build needs. */
function workspacesOf(root) {
  const found = new Map();
  const add = (path) => {
    const { name, dependencies, devDependencies } = manifestOf(path);
    found.set(name, path);
    for (const [needed, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const its = known.get(needed);
      if (version.startsWith("workspace:") && its && !found.has(needed)) add(its);
    }
  };
  const known = new Map(allWorkspaces(root).map((path) => [manifestOf(path).name, path]));
  add(join(root, "apps/demo"));
  return [...found.values()];
}

function allWorkspaces(root) {
  const below = (folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder)).map((name) => join(root, folder, name))
      : [];
  return [...below("packages"), ...below("apps"), ...below(".")].filter((path) =>
    existsSync(join(path, "package.json")),
  );
}

const manifestOf = (path) => JSON.parse(readFileSync(join(path, "package.json"), "utf8"));

function areDependenciesLinked(workspace) {
  return Object.keys(manifestOf(workspace).dependencies ?? {}).every((name) =>
    existsSync(join(workspace, "node_modules", name)),
  );
}

/** Hashes names and contents of files and folders; one that is missing counts as missing. */
function hashOf(paths) {
  const hash = createHash("sha256").update(process.version);
  for (const path of paths) {
    for (const file of filesOf(path)) {
      const content = existsSync(file)
        ? createHash("sha256").update(readFileSync(file))
        : undefined;
      hash.update(`\0${file}\0${content?.digest("hex") ?? "missing"}`);
    }
  }
  return hash.digest("hex");
}

function filesOf(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true, recursive: true });
  } catch {
    return [path];
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((one, other) => (one < other ? -1 : 1));
}
