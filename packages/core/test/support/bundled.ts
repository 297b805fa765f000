import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Modules that other processes can load, as JavaScript. */
export interface Bundle {
  readonly folder: string;
  /** The path of a module of test/support, by its name without an extension. */
  path(name: string): string;
  close(): Promise<void>;
}

/** Bundles modules of test/support with all that they import, for processes without Jest. */
export function bundle(...names: readonly string[]): Bundle {
  const folder = mkdtempSync(join(tmpdir(), "grantkit-processes-"));
  const options = {
    input: Object.fromEntries(names.map((name) => [name, `test/support/${name}.ts`])),
    platform: "node",
    resolve: { conditionNames: ["@grantkit/source", "node", "import", "default"] },
    logLevel: "silent",
    output: { dir: folder, entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
  };
  const code = `import { build } from "rolldown"; await build(${JSON.stringify(options)});`;
  execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd: root });
  return {
    folder,
    path: (name) => join(folder, `${name}.mjs`),
    close: () => Promise.resolve(rmSync(folder, { recursive: true })),
  };
}
