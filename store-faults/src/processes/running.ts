import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A process of a test that tells something now and then, and goes on when it is told to. */
export class Running {
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
