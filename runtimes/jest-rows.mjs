// The rows of Jest: the test and the configurations of the guide, in the packages that the guide names.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const GUIDE = "docs/guides/testing-with-the-emulator.md";
const TOOLS = ["jest", "ts-jest", "typescript", "@jest/globals", "@swc/core", "@swc/jest"];

/** The first code block of the guide that begins so, without its fence. */
function blockOf(guide, language, beginning) {
  for (const [, block] of guide.matchAll(
    new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"),
  )) {
    if (block.startsWith(beginning)) return block;
  }
  throw new Error(`${GUIDE} has no code that begins with ${beginning}`);
}

/** Puts the workspace's tools beside the installed packages. */
function linkTools(root, project) {
  for (const name of TOOLS) {
    const link = join(project, "node_modules", name);
    mkdirSync(join(link, ".."), { recursive: true });
    try {
      symlinkSync(join(root, "node_modules", name), link, "junction");
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}

/** @param title - The comment in the first line of the configuration, after the file's name. */
function row(name, title, { esm = false, files = {} }) {
  const check = async ({ root, project, run }) => {
    linkTools(root, project);
    const folder = join(project, name);
    mkdirSync(folder);
    const guide = readFileSync(join(root, GUIDE), "utf8");
    const config = `jest.config.${esm ? "mjs" : "cjs"}`;
    const written = {
      "package.json": JSON.stringify(esm ? { type: "module" } : {}),
      "sign-in.test.ts": blockOf(guide, "ts", "import { afterAll, beforeAll"),
      [config]: blockOf(guide, "js", `// ${config}: ${title}\n`),
      ...files,
    };
    for (const [file, text] of Object.entries(written)) writeFileSync(join(folder, file), text);
    const jest = join(root, "node_modules/jest/bin/jest.js");
    const env = { NODE_OPTIONS: esm ? "--experimental-vm-modules" : "" };
    await run(process.execPath, [jest, "--ci", "--no-cache", "--testTimeout=120000"], {
      cwd: folder,
      env,
    });
    return "ok";
  };
  return { name, run: check };
}

const compilerOptions = {
  module: "nodenext",
  target: "es2022",
  isolatedModules: true,
  strict: true,
  types: ["node"],
};
const files = { "tsconfig.json": JSON.stringify({ compilerOptions }) };

export const jestRows = [
  row("jest-ts-jest", "ES modules with ts-jest", { esm: true, files }),
  row("jest-swc", "ES modules with @swc/jest", { esm: true }),
  row("jest-ts-jest-commonjs", "CommonJS with ts-jest", { files }),
  row("jest-swc-commonjs", "CommonJS with @swc/jest", {}),
];
