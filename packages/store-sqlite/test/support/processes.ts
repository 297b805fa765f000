import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "@grantkit/store-faults";
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

/** A process that tells something now and then. */
class Running {
  readonly ended: Promise<unknown>;
  /** All that it told and nobody asked for yet. */
  readonly told: unknown[] = [];
  readonly #child: ChildProcess;
  #tell: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => {
      this.told.push(message);
      this.#tell();
    });
    this.ended = once(child, "exit").then(() => this.#tell());
  }

  /** What it tells next. */
  async next(): Promise<unknown> {
    while (this.told.length === 0) {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error("the process has ended");
      await new Promise<void>((resolve) => (this.#tell = resolve));
    }
    return this.told.shift();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Lets it go on. */
  go(): void {
    this.#child.send("go");
  }
}
