import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { figureRow, type Row } from "./table.ts";

/** What a client's memory of refreshes grows by, in a process of its own whose garbage is collected before each look. */
export async function heapGrowth(): Promise<Row[]> {
  const child = fork(fileURLToPath(new URL("./heap-growth-process.js", import.meta.url)), {
    execArgv: ["--expose-gc"],
  });
  const [growth] = (await once(child, "message")) as [Readonly<Record<string, number>>];
  return Object.entries(growth).map(([benchmark, bytes]) =>
    figureRow({ benchmark, ours: [bytes], format, aim: { atMost: 5 * 1024 * 1024 } }),
  );
}

function format(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
