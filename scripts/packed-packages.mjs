// Packs every published package and installs the tarballs into a project, as a user would.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const published = readdirSync(join(root, "packages"))
  .map((name) => ({
    folder: join(root, "packages", name),
    manifest: JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")),
  }))
  .filter(({ manifest }) => !manifest.private);

/** What an app imports: `@grantkit/core`, `@grantkit/core/testing` and so on. */
export const entryPoints = published.flatMap(({ manifest }) =>
  Object.keys(manifest.exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => `${manifest.name}${path.slice(1)}`),
);

/**
 * Installs the tarballs, and the versions of Node's types that the workspace has, into an empty folder.
 *
 * @returns How many packages there are.
 */
export function installPackedPackages(project) {
  const tarballs = join(project, "tarballs");
  mkdirSync(tarballs);
  npm(["pack", "--pack-destination", tarballs, ...published.map(({ folder }) => folder)], root);
  const files = readdirSync(tarballs).map((name) => `./tarballs/${name}`);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true }));
  const types = join(root, "node_modules/@types/node/package.json");
  const { version } = JSON.parse(readFileSync(types, "utf8"));
  npm(["install", "--no-audit", "--no-fund", ...files, `@types/node@${version}`], project);
  return published.length;
}

function npm(args, cwd) {
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`);
}
