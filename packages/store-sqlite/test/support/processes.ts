import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, Running } from "@grantkit/store-faults";
import type { Driver } from "./drivers.ts";

/** The store and the program of this folder as JavaScript, for processes without Jest. */
export class Processes {
  readonly folder: string = mkdtempSync(join(tmpdir(), "grantkit-store-sqlite-"));
  readonly #children: ChildProcess[] = [];

  constructor(driver: Driver) {
    bundle({ program: join(import.meta.dirname, "program.ts") }, this.folder);
    const member = driver.member === undefined ? "" : `.${driver.member}`;
    writeFileSync(
      join(this.folder, "driver.mjs"),
      `import { createRequire } from "node:module";
      const Connection = createRequire(import.meta.url)(${JSON.stringify(driver.module)})${member};
      export const open = (file) => new Connection(file);`,
    );
  }

  /** Writes a module that opens a store, for the conformance suite. */
  module(file: string): URL {
    const module = join(this.folder, "store.mjs");
    writeFileSync(
      module,
      `import { open } from "./driver.mjs";
      import { SqliteTokenStore } from "./program.mjs";
      export const makeStore = () => new SqliteTokenStore({ database: open(${JSON.stringify(file)}) });`,
    );
    return pathToFileURL(module);
  }

  /** Starts a task of the program. */
  start(task: string, file: string, ...rest: readonly string[]): Running {
    return this.#spawn(process.execPath, this.#program(task, file, ...rest));
  }

  /** Starts a task that may make no file longer than this, as on a full disk. */
  startWithLimit(kilobytes: number, task: string, file: string): Running {
    const limit = `ulimit -f ${kilobytes}; exec "$@"`;
    return this.#spawn("bash", [
      "-c",
      limit,
      "bash",
      process.execPath,
      ...this.#program(task, file),
    ]);
  }

  #program(...rest: readonly string[]): readonly string[] {
    return [join(this.folder, "program.mjs"), ...rest];
  }

  #spawn(program: string, parameters: readonly string[]): Running {
    const child = spawn(program, parameters, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    });
    this.#children.push(child);
    return new Running(child);
  }

  /** Ends what still runs, and removes the folder. */
  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
