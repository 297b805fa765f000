// The rows of TypeScript: every entry point and the README's example, by each module resolution.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entryPoints } from "../scripts/packed-packages.mjs";

function row(name, compiler, options) {
  const check = async ({ root, project, run }) => {
    const folder = join(project, name);
    mkdirSync(folder);
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const [, example] = /^```ts\n([\s\S]*?)^```$/m.exec(readme);
    const imports = entryPoints.map(
      (entry, at) => `import * as p${at} from "${entry}";\nvoid p${at};`,
    );
    const compilerOptions = {
      moduleDetection: "force",
      target: "es2022",
      lib: ["es2023"],
      types: ["node"],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      ...options,
    };
    const files = {
      "package.json": JSON.stringify({ type: "module" }),
      "example.ts": example,
      "every.ts": imports.join("\n"),
      "tsconfig.json": JSON.stringify({ compilerOptions, files: ["example.ts", "every.ts"] }),
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const tsc = join(root, "node_modules", compiler, "bin/tsc");
    await run(process.execPath, [tsc, "-p", folder], { cwd: folder });
    return "ok";
  };
  return { name, run: check };
}

export const typescriptRows = [
  // TypeScript 7 has no node10.
  row("typescript-node10", "typescript-5.6", { module: "esnext", moduleResolution: "node10" }),
  row("typescript-6-node10", "typescript", {
    module: "esnext",
    moduleResolution: "node10",
    ignoreDeprecations: "6.0",
  }),
  row("typescript-node16", "typescript-5.6", { module: "node16", moduleResolution: "node16" }),
  row("typescript-bundler", "typescript", { module: "esnext", moduleResolution: "bundler" }),
];
