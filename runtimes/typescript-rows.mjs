// The rows of TypeScript: every entry point and the README's example, by each module resolution.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entryPoints } from "../scripts/packed-packages.mjs";

function typeCheck(name, compiler, options) {
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
      exactOptionalPropertyTypes: true,
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

const row = (compiler, module, moduleResolution, more) =>
  typeCheck(`${compiler}-${moduleResolution}`, compiler, { module, moduleResolution, ...more });

export const typescriptRows = [
  ...["typescript-5.6", "typescript", "typescript-7"].flatMap((compiler) => [
    row(compiler, "nodenext", "nodenext"),
    row(compiler, "esnext", "bundler"),
  ]),
  row("typescript-5.6", "node16", "node16"),
  // TypeScript 7 has no node10.
  row("typescript-5.6", "esnext", "node10"),
  row("typescript", "esnext", "node10", { ignoreDeprecations: "6.0" }),
];
