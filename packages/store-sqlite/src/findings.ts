import type { StoreFinding } from "@grantkit/core";
import type { Connection } from "./connection.ts";
import { findNetworkDisk, findReadable } from "./database-files.ts";

const FORGETS: StoreFinding = {
  code: "NO_PERSISTENCE",
  message:
    "The database is in memory: its tokens are lost when the process ends. Open a file instead.",
  losesTokens: true,
};

const LOSES_COMMITS: StoreFinding = {
  code: "NO_PERSISTENCE",
  message:
    "The connection has PRAGMA synchronous below FULL, so that a power cut can undo the last writes. Give the store a connection of its own.",
  losesTokens: true,
};

/** Looks at the database's files, and at the settings of the connection. */
export async function findingsOf(connection: Connection): Promise<readonly StoreFinding[]> {
  const file = await connection.file();
  if (file === "") return [FORGETS];
  // A driver may open connections with a lower setting, which the store raises at its first call.
  await connection.prepare();
  const findings = [await findReadable(file), await findNetworkDisk(file)];
  if (Number(await connection.setting("synchronous")) < 2) findings.push(LOSES_COMMITS);
  return findings.filter((finding) => finding !== undefined);
}
