// Checks the manifests of published packages.
//
// Dependencies: each range begins at the version of pnpm's catalog, or of the sibling package, so that users get later fixes
// and `npm test` tests the lowest version. (check-packed.mjs tests the newest.) Not `catalog:` and `workspace:`, which npm
// does not understand.
//
// Repository: the root's package.json says where it is, and each published one repeats it with its own folder: npm refuses
// provenance without it.
import { readdirSync, readFileSync } from "node:fs";

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const catalog = new Map(
  [...readFileSync("pnpm-workspace.yaml", "utf8").matchAll(/^ {2}"?([@\w/.-]+)"?: (\d\S*)$/gm)].map(
    ([, name, version]) => [name, version],
  ),
);
const { repository } = read("package.json");
const packages = readdirSync("packages").map((folder) => ({
  folder: `packages/${folder}`,
  manifest: read(`packages/${folder}/package.json`),
}));
const siblings = new Map(packages.map(({ manifest: { name, version } }) => [name, version]));
const problems = [];

for (const { folder, manifest } of packages) {
  if (manifest.private) continue;
  const { name, dependencies = {} } = manifest;
  for (const [dependency, range] of Object.entries(dependencies)) {
    const lowest = siblings.get(dependency) ?? catalog.get(dependency);
    if (range !== `^${lowest}`) {
      problems.push(`${name} depends on ${dependency} ${range}; it should be ^${lowest}`);
    }
    const { version: installed } = read(`${folder}/node_modules/${dependency}/package.json`);
    if (installed !== lowest) {
      problems.push(`${name} is tested with ${dependency} ${installed}; it should be ${lowest}`);
    }
  }
  const expected = JSON.stringify({ ...repository, directory: folder });
  if (JSON.stringify(manifest.repository) !== expected) {
    problems.push(`${name} has another repository than package.json: it should be ${expected}`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
