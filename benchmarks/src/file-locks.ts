import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locking } from "./file-lock-process.ts";
import { interleaved, type Side } from "./interleaved.ts";
import { comparisonRow, type Row } from "./table.ts";

const LOCKS = 280;
const PROCESSES = [1, 7];
const LENGTH = { warmUp: 1, rounds: 6 };

/** Locks on one file per second, of one process and of seven that want the same: the file store and proper-lockfile. */
export async function fileLocks(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const processes of PROCESSES) {
    const ours = sideOf("store-file", processes);
    const peer = sideOf("proper-lockfile", processes);
    const figures = await interleaved([ours, peer], LENGTH);
    rows.push(
      comparisonRow({
        benchmark: `one lock, ${processes} ${processes === 1 ? "process" : "processes"}: ${ours.name} / ${peer.name}`,
        ours: figures.get(ours.name) ?? [],
        peer: figures.get(peer.name) ?? [],
        format: (figure) => `${figure.toFixed(0)}/s`,
      }),
    );
  }
  return rows;
}

function sideOf(name: Locking, processes: number): Side {
  return { name, batch: () => locksPerSecond(name, processes) };
}

async function locksPerSecond(locking: Locking, processes: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "grantkit-locks-"));
  const program = fileURLToPath(new URL("./file-lock-process.js", import.meta.url));
  const counter = join(folder, "counter");
  await writeFile(counter, "0");
  const each = LOCKS / processes;
  const children = Array.from({ length: processes }, () =>
    fork(program, [folder, String(each), locking], { execArgv: [] }),
  );
  try {
    await Promise.all(children.map((child) => once(child, "message")));
    const start = process.hrtime.bigint();
    const ends = children.map((child) => once(child, "message"));
    for (const child of children) child.send("set out");
    await Promise.all(ends);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const counted = Number(await readFile(counter, "utf8"));
    if (counted !== LOCKS + processes) throw new Error(`${locking} let two in at once: ${counted}`);
    return LOCKS / seconds;
  } finally {
    for (const child of children) child.disconnect();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
