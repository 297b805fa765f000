import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CountedRequest } from "./instruction-counts-process.ts";
import { figureRow, type Row } from "./table.ts";

const run = promisify(execFile);

const PROGRAM = fileURLToPath(new URL("./instruction-counts-process.js", import.meta.url));

/** By then everything is compiled: what comes after is requests alone. */
const FEW = 4000;
const MANY = 8000;

/** Instructions that a GET takes in this process, as valgrind counts them: a busy machine changes nothing about them. */
export async function instructionCounts(): Promise<Row[]> {
  if (!(await isInstalled())) {
    process.stderr.write("No instructions are counted: valgrind is not installed.\n");
    return [];
  }
  const rows: Row[] = [];
  for (const request of ["fetch", "fetch with a signal", "fetch with AbortSignal.timeout"] as const)
    rows.push(rowOf(request, await perRequest(request)));
  rows.push(rowOf("session.fetch", await perRequest("session.fetch")));
  const stub = await perRequest("a stub of fetch");
  const whole = await perRequest("session.fetch of that stub");
  return [...rows, rowOf("session.fetch's own part", whole - stub, { atMost: 40_000 })];
}

function rowOf(name: string, instructions: number, aim?: { atMost: number }): Row {
  return figureRow({
    benchmark: `instructions: ${name}`,
    ours: [instructions],
    format: (figure) => `${(figure / 1000).toFixed(1)}k`,
    ...(aim && { aim }),
  });
}

async function isInstalled(): Promise<boolean> {
  return run("valgrind", ["--version"]).then(
    () => true,
    () => false,
  );
}

/** The difference of two runs: what Node's start and its compiler take is in both. */
async function perRequest(request: CountedRequest): Promise<number> {
  const [few, many] = await Promise.all([counted(request, FEW), counted(request, MANY)]);
  return (many - few) / (MANY - FEW);
}

async function counted(request: CountedRequest, times: number): Promise<number> {
  const { stderr } = await run("valgrind", [
    "--tool=callgrind",
    "--callgrind-out-file=/dev/null",
    process.execPath,
    // Threads of the compiler and the garbage collector would do more or less, as the machine lets them.
    "--single-threaded",
    PROGRAM,
    request,
    String(times),
  ]);
  const count = /Collected : (\d+)/.exec(stderr)?.[1];
  if (count === undefined) throw new Error(`valgrind counted nothing: ${stderr}`);
  return Number(count);
}
