import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppProcess } from "./app-process.ts";

/** Where processes get their store from. */
export interface ProcessStore {
  /**
   * A TypeScript module that exports `makeStore(parameter: string)`, which opens the store: a path or a `file:` URL. It is
   * bundled with all that it imports.
   */
  readonly storeModule: string | URL;
  /** What `makeStore` is called with: a folder, an address, JSON. A function is called when the first case begins. */
  readonly storeParameter: string | (() => string);
  /** Packages that cannot be bundled, such as native ones; they are loaded from the `node_modules` of the module's package. */
  readonly external?: readonly string[];
}

/** Starts processes of an app that share a store. */
export class Processes {
  /** A temporary folder, which `close()` removes. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "grantkit-processes-"));
  readonly #started: AppProcess[] = [];
  readonly #parameter: string;

  constructor({ storeModule, storeParameter, external = [] }: ProcessStore) {
    this.#parameter = typeof storeParameter === "string" ? storeParameter : storeParameter();
    const module = String(storeModule).startsWith("file:")
      ? fileURLToPath(storeModule)
      : String(storeModule);
    bundle(
      { store: module, worker: join(import.meta.dirname, "worker.ts") },
      this.folder,
      external,
    );
  }

  /** Starts a process, which opens the store. */
  async start(): Promise<AppProcess> {
    const program = [join(this.folder, "worker.mjs"), "./store.mjs", this.#parameter];
    const child = spawn(process.execPath, program, {
      cwd: dirname(program[0] as string),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const started = new AppProcess(child);
    this.#started.push(started);
    await started.ready;
    return started;
  }

  /** Starts several processes. */
  startAll(count: number): Promise<AppProcess[]> {
    return Promise.all(Array.from({ length: count }, () => this.start()));
  }

  /** Ends what still runs, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#started.map((each) => each.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Bundles TypeScript modules with all that they import, for processes without Jest.
 *
 * @param input - The modules' paths, by their names in the folder.
 * @param external - Packages that are loaded from the first module's `node_modules`.
 */
export function bundle(
  input: Readonly<Record<string, string>>,
  folder: string,
  external: readonly string[] = [],
): void {
  const options = {
    input,
    external,
    platform: "node",
    resolve: { conditionNames: ["@grantkit/source", "node", "import", "default"] },
    logLevel: "silent",
    output: { dir: folder, entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
  };
  const code = `import { build } from "rolldown"; await build(${JSON.stringify(options)});`;
  const cwd = import.meta.dirname;
  execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd });
  const modules = join(packageOf(Object.values(input)[0] ?? cwd), "node_modules");
  if (external.length > 0) symlinkSync(modules, join(folder, "node_modules"));
}

function packageOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, "package.json")) || folder === path ? folder : packageOf(folder);
}
