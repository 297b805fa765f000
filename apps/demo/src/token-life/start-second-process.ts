import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ProcessReport, ProcessTask } from "./process-messages.ts";

/** The built script, from src and from dist alike. */
const SCRIPT = fileURLToPath(new URL("../../dist/token-life/second-process.js", import.meta.url));
const PATIENCE = 20_000;

/** A process that has opened the store, and waits. */
interface SecondProcess {
  /** Lets it call the API, and resolves to its report. */
  readonly go: () => Promise<ProcessReport>;
  readonly stop: () => void;
}

/** Starts the second process, and waits until it has opened the store. Secrets go through its standard input. */
export async function startSecondProcess(task: ProcessTask): Promise<SecondProcess> {
  const child = spawn(process.execPath, [SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: PATIENCE,
    // A debugger or a test runner of this process is not for the child.
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The second process ended before its time.");
    return value;
  };
  child.stdin.write(`${JSON.stringify(task)}\n`);
  try {
    await nextLine();
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    go: async () => {
      child.stdin.write("go\n");
      const report = JSON.parse(await nextLine()) as ProcessReport;
      if (child.exitCode === null) await once(child, "exit");
      return report;
    },
    stop: () => void child.kill(),
  };
}
