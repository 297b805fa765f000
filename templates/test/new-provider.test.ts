import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
let copy: string;
let created: string;

/** A copy of what the script reads and changes; the rest of the workspace is linked. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "grantkit-new-provider-"));
  created = join(copy, "packages/provider-gitlab");
  for (const file of ["package.json", "turbo.json", "CONTRIBUTING.md", "README.md"]) {
    cpSync(join(root, file), join(copy, file));
  }
  for (const file of ["tsconfig.base.json", "jest.preset.js"]) {
    cpSync(join(root, file), join(copy, file));
  }
  cpSync(join(root, "templates/provider"), join(copy, "templates/provider"), { recursive: true });
  mkdirSync(join(copy, "packages"));
  mkdirSync(join(copy, ".changeset"));
  for (const linked of ["node_modules", "packages/core"]) {
    symlinkSync(join(root, linked), join(copy, linked), "junction");
  }
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const node = (cwd: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
const newProvider = (...args: readonly string[]) =>
  node(copy, join(root, "scripts/new-provider.mjs"), "--root", copy, "--no-install", ...args);
const read = (path: string) => readFileSync(join(copy, path), "utf8");

it("refuses an id that is no folder's name, and a name that is another word", () => {
  for (const args of [[], ["../x"], ["Git-Lab"], ["gitlab", "Hub"], ["gitlab", "gitlab"]]) {
    const { status, stderr } = newProvider(...args);
    expect([args, status, stderr]).toEqual([args, 2, expect.stringContaining("Usage:")]);
  }
  expect(read("README.md")).not.toContain("provider-gitlab");
});

it("adds a package wherever the workspace lists packages", () => {
  expect(newProvider("gitlab", "GitLab")).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(read("package.json"))).toMatchObject({
    devDependencies: { "@grantkit/provider-gitlab": "workspace:^" },
  });
  expect(JSON.parse(read("turbo.json")).tasks["//#check:packed"].dependsOn).toContain(
    "@grantkit/provider-gitlab#build",
  );
  expect(read("CONTRIBUTING.md")).toContain("\npackages/provider-gitlab\n");
  expect(read("README.md")).toContain("[`@grantkit/provider-gitlab`](packages/provider-gitlab)");
  expect(read(".changeset/gitlab-package.md")).toContain('"@grantkit/provider-gitlab": minor');
  expect(JSON.parse(read("packages/provider-gitlab/package.json")).dependencies).toEqual({
    "@grantkit/core": `^${JSON.parse(read("packages/core/package.json")).version}`,
  });
  expect(read("packages/provider-gitlab/src/client.ts")).toContain("class GitLabClient extends");
});

it("refuses an id that is taken", () => {
  expect(newProvider("gitlab", "GitLab")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("exists already"),
  });
});

it("leaves nothing of the template's provider", () => {
  const { stdout } = spawnSync("grep", ["-rniE", "acme", created], { encoding: "utf8" });
  expect(stdout).toBe("");
});

it("makes a package that type-checks, and whose tests are red where something is to be filled in", () => {
  const modules = join(created, "node_modules/@grantkit");
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(root, "packages/core"), join(modules, "core"), "junction");
  symlinkSync(created, join(modules, "provider-gitlab"), "junction");

  const types = node(created, join(root, "node_modules/typescript/bin/tsc"), "-p", created);
  expect(types.stdout).toBe("");

  const jest = [join(root, "node_modules/jest/bin/jest.js"), "--json", "-w", "1"];
  const { stdout } = node(created, "--experimental-vm-modules", ...jest);
  const results = JSON.parse(stdout) as {
    testResults: { name: string; assertionResults: { status: string; title: string }[] }[];
  };
  const titles = (status: string) =>
    results.testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter((each) => each.status === status).map(({ title }) => title),
    );
  expect(titles("failed")).toEqual(
    expect.arrayContaining([
      "has the endpoints that GitLab documents",
      "maps the user info that GitLab documents",
      "README.md has nothing left to fill in",
      "src/preset.ts has nothing left to fill in",
      "test/support/gitlab-server.ts has nothing left to fill in",
    ]),
  );
  expect(titles("passed")).toEqual(
    expect.arrayContaining([
      "signs a user in, gives a profile and refreshes the token",
      "scopes are an open union, and only GitLab's own options are taken",
      "exports all of core, and its testing entry all of core's: one installed package is enough",
      "takes all endpoints of an emulator, and refuses to call the real provider for the rest",
      "lists what is missing when it is called without options",
    ]),
  );
});
