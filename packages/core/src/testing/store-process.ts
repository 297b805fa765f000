import type { ChildProcess } from "node:child_process";
import type { TokenStore } from "../tokens/token-store.ts";

/** What a process is asked to do with its store. */
export type StoreTask =
  | { readonly name: "count"; readonly key: string; readonly times: number }
  | { readonly name: "create"; readonly key: string; readonly record: string }
  | { readonly name: "hold"; readonly key: string; readonly holdMs: number };

/** A process with a store of its own. */
export interface StoreProcess {
  /** Does a task; fails with what the store threw. */
  run(task: StoreTask): Promise<unknown>;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
}

/**
 * Starts a process that opens a store.
 *
 * @param module - The module whose export `makeStore` opens the store.
 */
export async function openStoreProcess(module: string): Promise<StoreProcess> {
  const { spawn } = await import("node:child_process");
  const options = process.execArgv.filter(
    (option) => !/^--?(?:e|p|eval|print|test|inspect|input-type)\b/.test(option),
  );
  const code = `(${String(serve)})(${JSON.stringify(module)});`;
  const child = spawn(process.execPath, [...options, "--input-type=module", "--eval", code], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const answers = new Answers(child);
  await answers.next();
  return {
    run(task) {
      child.send(task);
      return answers.next();
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await over;
    },
  };
}

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

/** The answers of a process, one for each task; a process that ends answers with an error. */
class Answers {
  #waiting: ((answer: Answer) => void) | undefined;
  readonly #early: Answer[] = [];

  constructor(child: ChildProcess) {
    const give = (answer: Answer): void => {
      if (this.#waiting) this.#waiting(answer);
      else this.#early.push(answer);
      this.#waiting = undefined;
    };
    child.on("message", (message) => give(message as Answer));
    child.once("error", ({ message }) => give({ error: message }));
    child.once("exit", (code, signal) => give({ error: `the process ended (${signal ?? code})` }));
  }

  async next(): Promise<unknown> {
    const answer =
      this.#early.shift() ?? (await new Promise<Answer>((resolve) => (this.#waiting = resolve)));
    if (answer.error !== undefined) throw new Error(`In another process: ${answer.error}`);
    return answer.value;
  }
}

/** Runs in the other process, as text: it uses nothing of this file. */
/* oxlint-disable consistent-function-scoping -- nothing outside of the function is there */
async function serve(module: string): Promise<void> {
  const answer = (value: object): void => void process.send?.(value);
  try {
    const opened = (await import(module)) as { makeStore(): TokenStore | Promise<TokenStore> };
    const store = await opened.makeStore();
    const limits = { waitMs: 30_000, holdMs: 10_000 };
    const increment = async (key: string): Promise<void> => {
      const found = await store.get(key);
      const count = Number(found?.token.accessToken ?? 0) + 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
      const next = { accessToken: String(count) };
      if ((await store.compareAndSet(key, found?.version, next)) === undefined) {
        throw new Error("another process wrote while this one held the lock");
      }
    };
    const run = async (task: StoreTask): Promise<unknown> => {
      const { name, key } = task;
      if (name === "create") {
        return store.compareAndSet(key, undefined, { accessToken: task.record });
      }
      if (name === "hold") {
        return new Promise((resolve, reject) => {
          const never = new Promise<void>(() => undefined);
          const hold = (): Promise<void> => (resolve(true), never);
          store.withLock(key, { ...limits, holdMs: task.holdMs }, hold).catch(reject);
        });
      }
      for (let count = 0; count < task.times; count += 1) {
        await store.withLock(key, limits, () => increment(key));
      }
      return true;
    };
    process.on("message", (task: StoreTask) => {
      run(task).then(
        (value) => answer({ value }),
        (error: unknown) => answer({ error: String(error) }),
      );
    });
    answer({ value: true });
  } catch (error) {
    answer({ error: String(error) });
  }
}
