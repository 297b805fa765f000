import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server that a test has started on 127.0.0.1, in a temporary folder. */
export interface TestServer {
  readonly port: number;
  /** The address with the password, if there is one, as drivers take it. */
  readonly url: string;
  /** The server's folder, which `stop()` removes. */
  readonly folder: string;
  /** Sends a signal to the server, and waits for its end, unless the signal only pauses it or lets it go on. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts the server again on the same port with the same data; ends it first if it runs. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. A second call does nothing. */
  stop(): Promise<void>;
}

/** How to start a server. */
export interface ServerCommand {
  readonly program: string;
  readonly parameters: readonly string[];
  /** What the server prints when it is ready. */
  readonly ready: RegExp;
  /** Runs it as a user without rights if this process is root: the program refuses root. */
  readonly refusesRoot?: boolean;
}

/** Any user but root. */
const NOBODY = 65_534;
const MOST_OUTPUT = 20_000;

/** Makes the server's folder. */
export function serverFolder({ refusesRoot }: Pick<ServerCommand, "refusesRoot">): string {
  const folder = mkdtempSync(join(tmpdir(), "grantkit-server-"));
  if (refusesRoot === true && isRoot()) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** Options that run a process as a user who may use the server's folder. */
export function userOf({ refusesRoot }: Pick<ServerCommand, "refusesRoot">): {
  readonly uid?: number;
  readonly gid?: number;
} {
  return refusesRoot === true && isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a server. */
export async function startServer(
  place: Pick<TestServer, "port" | "url" | "folder">,
  command: ServerCommand,
): Promise<TestServer> {
  let running: ChildProcess;
  try {
    running = await run(place.folder, command);
  } catch (error) {
    removeFolder(place.folder);
    throw error;
  }
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded(running)) return;
    const ended = once(running, "exit");
    running.kill(signal);
    if (signal !== "SIGSTOP" && signal !== "SIGCONT") await ended;
  };
  return {
    ...place,
    kill,
    async restart() {
      await kill("SIGKILL");
      running = await run(place.folder, command);
    },
    async stop() {
      await kill("SIGKILL");
      removeFolder(place.folder);
    },
  };
}

/** Removes a server's folder. A process that the server has forked may still write to it: Redis's snapshot for a replica. */
const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Starts the program, and waits until it is ready. */
async function run(folder: string, command: ServerCommand): Promise<ChildProcess> {
  const { program, parameters, ready } = command;
  const child = spawn(program, parameters, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    ...userOf(command),
  });
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      // Read to the end, so that the pipe is never full; only the beginning is kept.
      if (output.length < MOST_OUTPUT) output += chunk.toString();
      if (ready.test(output)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} ended at its start:\n${output}`)));
  });
  return child;
}
