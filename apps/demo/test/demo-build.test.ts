import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";

const SCRIPT: string = join(import.meta.dirname, "../../../scripts/demo-build.mjs");
const { isDemoBuilt, sourcesHash, stampDemoBuild } = (await import(SCRIPT)) as {
  readonly isDemoBuilt: (root: string) => boolean;
  readonly sourcesHash: (root: string) => string;
  readonly stampDemoBuild: (root: string, sources: string) => void;
};

const FILES = {
  "package.json": "{}",
  "pnpm-lock.yaml": "lockfileVersion: 9",
  "node_modules/.pnpm/lock.yaml": "lockfileVersion: 9",
  "apps/demo/package.json": JSON.stringify({
    name: "@grantkit/demo",
    dependencies: { "@grantkit/core": "workspace:^", hono: "catalog:" },
  }),
  "apps/demo/tsconfig.build.json": "{}",
  "apps/demo/src/main.ts": "import '@grantkit/core';",
  "apps/demo/dist/main.js": "import '@grantkit/core';",
  "apps/demo/node_modules/hono/package.json": "{}",
  "apps/demo/node_modules/@grantkit/core/package.json": "{}",
  "packages/core/package.json": JSON.stringify({ name: "@grantkit/core" }),
  "packages/core/src/deep/file.ts": "export const one = 1;",
  "packages/core/dist/index.js": "export const one = 1;",
  "packages/other/package.json": JSON.stringify({ name: "@grantkit/other" }),
  "packages/other/src/file.ts": "",
};

const root = mkdtempSync(join(tmpdir(), "grantkit-demo-build-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  stampDemoBuild(root, sourcesHash(root));
});

describe("a demo that was built", () => {
  it("starts at once when nothing has changed", () => {
    expect(isDemoBuilt(root)).toBe(true);
  });

  it("starts at once when a workspace that it does not need has changed", () => {
    appendFileSync(join(root, "packages/other/src/file.ts"), "// more");
    expect(isDemoBuilt(root)).toBe(true);
  });

  it.each([
    ["a source of its own", "apps/demo/src/main.ts"],
    ["a source of a workspace that it needs", "packages/core/src/deep/file.ts"],
    ["the lockfile", "pnpm-lock.yaml"],
    ["what is installed", "node_modules/.pnpm/lock.yaml"],
    ["how it is compiled", "apps/demo/tsconfig.build.json"],
    ["a file that was built", "packages/core/dist/index.js"],
  ])("is built again after a change of %s", (_what, path) => {
    appendFileSync(join(root, path), " ");
    expect(isDemoBuilt(root)).toBe(false);
  });

  it.each([
    ["a built file", "packages/core/dist/index.js"],
    ["everything that was built", "apps/demo/dist"],
    ["a dependency", "apps/demo/node_modules/hono"],
    ["every dependency", "node_modules"],
  ])("is built again without %s", (_what, path) => {
    rmSync(join(root, path), { recursive: true });
    expect(isDemoBuilt(root)).toBe(false);
  });

  it("is built again with a new source", () => {
    writeFileSync(join(root, "packages/core/src/new.ts"), "");
    expect(isDemoBuilt(root)).toBe(false);
  });

  it("is built again when a source changed during the build", () => {
    const before = sourcesHash(root);
    appendFileSync(join(root, "apps/demo/src/main.ts"), "// more");
    stampDemoBuild(root, before);
    expect(isDemoBuilt(root)).toBe(false);
  });
});
