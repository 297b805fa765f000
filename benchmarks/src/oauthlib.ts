import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The script stays where it is written: tsc copies none. */
const SCRIPT = fileURLToPath(new URL("../src/oauthlib-process.py", import.meta.url));

/** oauthlib in a process of its own, which times its own loop. */
export interface Oauthlib {
  /** For the table, for example `oauthlib 3.2.2`. */
  readonly name: string;
  /** The ways of signing that this Python can. */
  readonly ways: readonly string[];
  /** Signs so often, one after the other. */
  sign(way: string, count: number): Promise<{ seconds: number; signatures: readonly string[] }>;
  close(): void;
}

/**
 * Starts it, by the interpreter that the environment variable `PYTHON` names, or `python3`.
 *
 * @param task - What is signed and with what; see the script.
 * @returns Undefined where there is no such interpreter, or no oauthlib in it.
 */
export async function startOauthlib(task: object): Promise<Oauthlib | undefined> {
  const child = spawn(process.env["PYTHON"] || "python3", [SCRIPT], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  // No interpreter, or none that lives: what is read ends then, and that is the answer.
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: object): Promise<Record<string, unknown> | undefined> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Record<string, unknown>);
  };
  const hello = await ask(task);
  if (!hello || "missing" in hello) {
    child.kill();
    return undefined;
  }
  return {
    name: `oauthlib ${String(hello["version"])}`,
    ways: hello["ways"] as string[],
    async sign(way, count) {
      const answer = await ask({ way, count });
      if (!answer) throw new Error("oauthlib's process has ended");
      return answer as unknown as { seconds: number; signatures: string[] };
    },
    close: () => child.stdin.end(),
  };
}
