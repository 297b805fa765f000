import type { StoreFinding, StoreFindingCode } from "@grantkit/core";
import { isObject } from "@grantkit/core/requests";
import type { Connection } from "./connection.ts";
import { isRefusal } from "./redis-errors.ts";
import type { Send } from "./redis-server.ts";

/** A finding, and whether `check()` fails because of it. */
export interface ServerFinding extends StoreFinding {
  readonly isFatal: boolean;
}

/** Looks at the set-up of each primary server. */
export async function findingsOf(connection: Connection): Promise<readonly ServerFinding[]> {
  const all = await connection.ask(async (server) =>
    Promise.all((await server.primaries()).map(examine)),
  );
  const different = new Map(all.flat().map((finding) => [finding.message, finding]));
  return [...different.values()];
}

async function examine(send: Send): Promise<readonly ServerFinding[]> {
  const text = await allowed(send("INFO"));
  if (text === undefined) {
    return [
      advice(
        "CHECK_FAILED",
        "Redis does not allow INFO, so nobody sees whether it evicts or forgets tokens, or is a replica: let the user of the client run INFO.",
      ),
    ];
  }
  const info = new Map(
    textOf(text)
      .split(/\r?\n/)
      .map((line) => line.split(":", 2) as [string, string]),
  );
  return [...roleFindings(info), ...evictionFindings(info), ...(await persistence(info, send))];
}

function roleFindings(info: ReadonlyMap<string, string>): readonly ServerFinding[] {
  if (info.get("role") !== "slave") return [];
  const message =
    "This Redis server is a replica, which may be behind, and what is written to it is lost: connect to the primary server.";
  return [fatal("READ_FROM_REPLICA", message)];
}

function evictionFindings(info: ReadonlyMap<string, string>): readonly ServerFinding[] {
  const policy = info.get("maxmemory_policy");
  if (policy === undefined) {
    const message =
      "INFO of this Redis server does not say whether it evicts tokens (maxmemory-policy): look at its settings.";
    return [advice("CHECK_FAILED", message)];
  }
  // Without a limit nothing is evicted.
  if (policy === "noeviction" || info.get("maxmemory") === "0") return [];
  const message = `Redis evicts tokens when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction, or pass mayLoseTokens: true to check() all the same.`;
  return [fatal("EVICTION", message)];
}

async function persistence(
  info: ReadonlyMap<string, string>,
  send: Send,
): Promise<readonly ServerFinding[]> {
  if (info.get("aof_enabled") === "1") return [];
  const save = configured(await allowed(send("CONFIG", "GET", "save")));
  const cure = "set appendonly yes";
  if (save === "") {
    const message = `Redis persists nothing (no append-only file, no snapshots), so that a restart signs out every user: ${cure}.`;
    return [fatal("NO_PERSISTENCE", message)];
  }
  if (save === undefined) {
    const message = `Redis has no append-only file or does not tell, and does not allow CONFIG GET save, so nobody sees whether it takes snapshots: look at its settings, and ${cure} if you can.`;
    return [advice("NO_PERSISTENCE", message)];
  }
  const longest = Math.max(
    ...save
      .split(" ")
      .filter((_, index) => index % 2 === 0)
      .map(Number),
  );
  const message = `Redis takes only snapshots (save ${save}): after a crash, users whose token was refreshed in the last ${longest} s are signed out; ${cure}.`;
  return [{ ...advice("NO_PERSISTENCE", message), losesTokens: true }];
}

/** The value in an answer of CONFIG GET: of pairs, or of a map. */
function configured(answer: unknown): string | undefined {
  if (!isObject(answer)) return undefined;
  const value = Array.isArray(answer) ? (answer as unknown[])[1] : Object.values(answer)[0];
  return value === undefined ? undefined : textOf(value);
}

/** Reads a text, or the buffer that a client was told to give. */
const textOf = (answer: unknown): string => String(answer);

/** Waits for an answer; undefined when this user may not ask. */
async function allowed(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function fatal(code: StoreFindingCode, message: string): ServerFinding {
  return { code, message, losesTokens: true, isFatal: true };
}

function advice(code: StoreFindingCode, message: string): ServerFinding {
  return { code, message, losesTokens: false, isFatal: false };
}
