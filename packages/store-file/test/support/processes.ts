import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, Running } from "@grantkit/store-faults";

/** Makes a folder, for the test to remove. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "grantkit-store-file-"));
}

/** The store and the program of this folder as JavaScript, for processes without Jest. */
export class Processes {
  readonly folder: string = temporaryFolder();
  readonly #children: ChildProcess[] = [];

  constructor() {
    bundle({ program: join(import.meta.dirname, "program.ts") }, this.folder);
  }

  /** Writes a module that opens a store, for the conformance suite. */
  module(directory: string): URL {
    const file = join(this.folder, "store.mjs");
    writeFileSync(
      file,
      `import { FileTokenStore } from "./program.mjs";
      export const makeStore = () => new FileTokenStore({ directory: ${JSON.stringify(directory)} });`,
    );
    return pathToFileURL(file);
  }

  /** Starts a task of the program. */
  start(task: string, directory: string, ...rest: readonly string[]): Running {
    return this.#spawn([process.execPath, ...this.#program(task, directory, ...rest)]);
  }

  /** Starts a task that may write no byte to a file, as on a full disk. */
  startWithoutSpace(task: string, directory: string): Running {
    const command = [process.execPath, ...this.#program(task, directory)];
    return this.#spawn(["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", ...command]);
  }

  /** Starts a task through another program, which gets the rest of the command as parameters. */
  startThrough(program: readonly string[], task: string, directory: string): Running {
    return this.#spawn([...program, process.execPath, ...this.#program(task, directory)]);
  }

  /** Starts a task as a user without rights, if this one is root. */
  startAsUser(task: string, directory: string, uid: number): Running {
    chmodSync(this.folder, 0o755);
    const options = process.getuid?.() === 0 ? { uid, gid: uid } : {};
    return this.#spawn([process.execPath, ...this.#program(task, directory)], options);
  }

  #program(...rest: readonly string[]): readonly string[] {
    return [join(this.folder, "program.mjs"), ...rest];
  }

  #spawn([file = "", ...parameters]: readonly string[], options: SpawnOptions = {}): Running {
    const child = spawn(file, parameters, {
      ...options,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
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
