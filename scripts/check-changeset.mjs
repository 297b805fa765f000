// Fails if a published package changed without a changeset since its last release, or since the branch began if that is later.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

function git(...args) {
  try {
    return execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

const fork = git("merge-base", "HEAD", "origin/main");
const branch = fork !== "" && fork !== git("rev-parse", "HEAD") ? fork : undefined;
const missing = [];
for (const folder of readdirSync("packages").map((name) => `packages/${name}`)) {
  const { name, private: isPrivate } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  if (isPrivate) continue;
  // A release takes the changesets away: changes before it are in the changelog.
  const release = git("log", "-1", "--format=%H", "--", `${folder}/CHANGELOG.md`);
  const isReleased = release !== "" && (!branch || git("rev-list", "-1", `${branch}..${release}`));
  const base = isReleased ? release : (branch ?? EMPTY_TREE);
  if (git("diff", "--name-only", base, "--", `${folder}/src`, `${folder}/package.json`) === "")
    continue;
  const added = git("diff", "--name-only", "--diff-filter=AM", base, "--", ".changeset/*.md").split(
    "\n",
  );
  const untracked = git("ls-files", "--others", "--exclude-standard", ".changeset/*.md").split(
    "\n",
  );
  const mentioned = [...added, ...untracked].some(
    (file) =>
      existsSync(file) && file.endsWith(".md") && readFileSync(file, "utf8").includes(`"${name}":`),
  );
  if (!mentioned) missing.push(name);
}
if (missing.length > 0) {
  console.error(
    `Changed without a changeset: ${missing.join(", ")}. Describe what changes for users: npm run changeset`,
  );
  process.exitCode = 1;
}
