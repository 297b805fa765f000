// Checks the dependencies of published packages against the workspace: each must have the version of pnpm's catalog, or of
// the sibling package. They are plain versions and ranges, because npm does not understand catalog: and workspace:.
import { readdirSync, readFileSync } from "node:fs";

const catalog = new Map(
  [...readFileSync("pnpm-workspace.yaml", "utf8").matchAll(/^ {2}"?([@\w/.-]+)"?: (\d\S*)$/gm)].map(
    ([, name, version]) => [name, version],
  ),
);
const manifests = readdirSync("packages").map((name) =>
  JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8")),
);
const siblings = new Map(manifests.map(({ name, version }) => [name, `^${version}`]));
for (const { name, dependencies = {} } of manifests) {
  for (const [dependency, range] of Object.entries(dependencies)) {
    const expected = siblings.get(dependency) ?? catalog.get(dependency);
    if (range === expected) continue;
    console.error(`${name} depends on ${dependency} ${range}; it should be ${expected}`);
    process.exitCode = 1;
  }
}
