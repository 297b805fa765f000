import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "@grantkit/store-faults";

/** A program of `src/programs`, which runs in processes of its own. */
export class ExampleProgram {
  /** A temporary folder, which `close()` removes. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "grantkit-example-"));
  readonly #started: Running[] = [];

  /** @param drivers - Packages that are not bundled. */
  constructor(name: string, drivers: readonly string[] = []) {
    const program = join(import.meta.dirname, `../../src/programs/${name}.ts`);
    bundle({ program }, this.folder, drivers);
  }

  /** Starts the program. */
  start(env: Readonly<Record<string, string>>, ...parameters: readonly string[]): Running {
    const child = spawn(process.execPath, [join(this.folder, "program.mjs"), ...parameters], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const running = new Running(child);
    this.#started.push(running);
    return running;
  }

  /** Ends what still runs, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#started.map((each) => each.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A process of a program. */
export class Running {
  /** The status and all lines that it printed, when it has ended. */
  readonly ended: Promise<{ status: number | null; lines: readonly string[] }>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #told: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (line) => {
        this.#lines.push(line);
        this.#told();
      });
    }
    this.ended = once(child, "close").then(([status]) => {
      this.#told();
      return { status: status as number | null, lines: this.#lines };
    });
  }

  /** Kills it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** Waits for its first line. */
  async firstLine(): Promise<string> {
    while (this.#lines.length === 0 && this.#child.exitCode === null) {
      await new Promise<void>((resolve) => (this.#told = resolve));
    }
    return this.#lines[0] ?? "";
  }
}
