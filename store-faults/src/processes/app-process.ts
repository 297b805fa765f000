import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Answer, Message, Order, Outcome, Task } from "./task.ts";

/** What a task gives. */
type ResultOf<Name extends Task["name"]> = Name extends "call"
  ? Outcome
  : Name extends "request" | "enter"
    ? number
    : unknown;

/** A process of an app, as the test that started it sees it. */
export class AppProcess {
  /** Resolves when the store is open. */
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #stopped = new Set<string>();
  readonly #answered = new Map<string, number>();
  readonly #awaited = new Map<string, () => void>();
  #count = 0;
  #isKilled = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, "exit");
    this.ready = new Promise((resolve, reject) => {
      child.on("message", (message: Message) => {
        if ("ready" in message) resolve();
        else this.#hear(message);
      });
      child.once("exit", () => {
        reject(new Error("The process ended at its start."));
        if (!this.#isKilled) this.#failAll();
      });
    });
  }

  /**
   * Does a task. Fails with what the store threw; never settles if the process is killed.
   *
   * @returns What the task gives: the outcome of a call, how many requests were answered, …
   */
  run<Given extends Task>(task: Given): Promise<ResultOf<Given["name"]>> {
    const id = (this.#count += 1);
    const answer = new Promise<ResultOf<Given["name"]>>((resolve, reject) =>
      this.#answers.set(id, ({ value, error }) => {
        if (error === undefined) resolve(value as ResultOf<Given["name"]>);
        else reject(new Error(`In another process: ${error}`));
      }),
    );
    this.#tell({ id, task });
    return answer;
  }

  /** Resolves when the call with this key has stopped where it was told to. */
  async stopped(key: string): Promise<void> {
    if (!this.#stopped.has(key)) await new Promise<void>((hear) => this.#awaited.set(key, hear));
  }

  /** How many of its requests with this key were answered so far. */
  answered(key: string): number {
    return this.#answered.get(key) ?? 0;
  }

  /** Lets the call with this key go on. */
  go(key: string): void {
    this.#tell({ go: key });
  }

  /** Pauses the process, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #failAll(): void {
    for (const [done, answer] of this.#answers) answer({ done, error: "the process ended" });
  }

  #tell(order: Order): void {
    // A process that has ended hears nothing.
    this.#child.send(order, () => undefined);
  }

  #hear(message: Exclude<Message, { readonly ready: true }>): void {
    if ("stopped" in message) {
      this.#stopped.add(message.stopped);
      this.#awaited.get(message.stopped)?.();
      return;
    }
    if ("answered" in message) {
      this.#answered.set(message.answered, this.answered(message.answered) + 1);
      return;
    }
    this.#answers.get(message.done)?.(message);
    this.#answers.delete(message.done);
  }
}
