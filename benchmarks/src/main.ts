import { availableParallelism } from "node:os";
import { authorizationRequests } from "./authorization-requests.ts";
import { axiosRequests } from "./axios-requests.ts";
import { coldImport } from "./cold-import.ts";
import { expiredToken } from "./expired-token.ts";
import { fetchRequests } from "./fetch-requests.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { heapGrowth } from "./heap-growth.ts";
import { idTokenVerifications } from "./id-token-verifications.ts";
import { refreshRaces } from "./refresh-races.ts";
import { sessions } from "./sessions.ts";
import { type Row, tableText } from "./table.ts";

// Bare axios would send the loopback's requests to a proxy of the environment's.
for (const name of ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]) delete process.env[name];

/** By the name that chooses it on the command line. */
const BENCHMARKS: Readonly<Record<string, (loopback: Loopback) => Promise<Row[]>>> = {
  // First, while the heap is small and holds nothing else that comes and goes.
  sessions,
  "axios-requests": axiosRequests,
  "fetch-requests": fetchRequests,
  "authorization-requests": authorizationRequests,
  "cold-import": coldImport,
  "expired-token": expiredToken,
  "refresh-races": refreshRaces,
  "id-token-verifications": idTokenVerifications,
  "heap-growth": heapGrowth,
};

async function run(names: readonly string[]): Promise<Row[]> {
  const loopback = await startLoopback();
  const rows: Row[] = [];
  try {
    for (const name of names) {
      // To stderr: stdout is the table alone, to be kept or compared.
      process.stderr.write(`${name} …\n`);
      rows.push(...((await BENCHMARKS[name]?.(loopback)) ?? []));
    }
  } finally {
    loopback.close();
  }
  return rows;
}

const names = Object.keys(BENCHMARKS);
const chosen = process.argv.slice(2);
if (chosen.every((name) => names.includes(name))) {
  const rows = await run(chosen.length === 0 ? names : chosen);
  console.log(`Node ${process.version}, ${availableParallelism()} CPUs\n\n${tableText(rows)}`);
} else {
  console.error(`Usage: node benchmarks/dist/main.js [${names.join("|")}] …`);
  process.exitCode = 2;
}
