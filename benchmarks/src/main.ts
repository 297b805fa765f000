import { availableParallelism } from "node:os";
import { appJwts } from "./app-jwts.ts";
import { authorizationRequests } from "./authorization-requests.ts";
import { axiosRequests } from "./axios-requests.ts";
import { coldImport } from "./cold-import.ts";
import { credentialVerifications } from "./credential-verifications.ts";
import { expiredToken } from "./expired-token.ts";
import { fetchRequests } from "./fetch-requests.ts";
import { fileLocks } from "./file-locks.ts";
import { fileRefreshes } from "./file-refreshes.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { heapGrowth } from "./heap-growth.ts";
import { idTokenVerifications } from "./id-token-verifications.ts";
import { installationTokens } from "./installation-tokens.ts";
import { instructionCounts } from "./instruction-counts.ts";
import { oauth1AxiosRequests } from "./oauth1-axios-requests.ts";
import { oauth1FetchRequests } from "./oauth1-fetch-requests.ts";
import { oauth1RsaSignatures } from "./oauth1-rsa-signatures.ts";
import { oauth1Sessions } from "./oauth1-sessions.ts";
import { oauth1Signatures } from "./oauth1-signatures.ts";
import { oauth1Verifications } from "./oauth1-verifications.ts";
import { packageSizes } from "./package-sizes.ts";
import { refreshRaces } from "./refresh-races.ts";
import { serviceAccounts } from "./service-accounts.ts";
import { sessions } from "./sessions.ts";
import { sharedRaces } from "./shared-races.ts";
import { storedSessions } from "./stored-sessions.ts";
import { type Row, tableText } from "./table.ts";
import { webhookVerifications } from "./webhook-verifications.ts";

// Bare axios would send the loopback's requests to a proxy of the environment's.
for (const name of ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]) delete process.env[name];

/** By the name that chooses it on the command line. */
const BENCHMARKS: Readonly<Record<string, (loopback: Loopback) => Promise<Row[]>>> = {
  // First, while the heap is small and holds nothing else that comes and goes.
  sessions,
  "oauth1-sessions": oauth1Sessions,
  "axios-requests": axiosRequests,
  "fetch-requests": fetchRequests,
  "authorization-requests": authorizationRequests,
  "cold-import": coldImport,
  "expired-token": expiredToken,
  "stored-sessions": storedSessions,
  "file-locks": fileLocks,
  "file-refreshes": fileRefreshes,
  "refresh-races": refreshRaces,
  "shared-races": sharedRaces,
  "id-token-verifications": idTokenVerifications,
  "installation-tokens": installationTokens,
  "app-jwts": appJwts,
  "webhook-verifications": webhookVerifications,
  "service-accounts": serviceAccounts,
  "credential-verifications": credentialVerifications,
  "oauth1-signatures": oauth1Signatures,
  "oauth1-rsa-signatures": oauth1RsaSignatures,
  "oauth1-verifications": oauth1Verifications,
  "oauth1-axios-requests": oauth1AxiosRequests,
  "oauth1-fetch-requests": oauth1FetchRequests,
  "heap-growth": heapGrowth,
  "instruction-counts": instructionCounts,
  "package-sizes": packageSizes,
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
