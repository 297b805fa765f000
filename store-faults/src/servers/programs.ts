import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A server that stores use. */
type ServerName = "redis" | "postgres" | "pgbouncer";

const PROGRAMS: Readonly<Record<ServerName, string>> = {
  redis: "redis-server",
  postgres: "postgres",
  pgbouncer: "pgbouncer",
};

/** Where Debian has the programs of PostgreSQL, by version. */
const POSTGRES_VERSIONS = "/usr/lib/postgresql";

/**
 * Finds a program of a server.
 *
 * @throws Error when it is not installed.
 */
export function findProgram(name: string): string {
  const found = folders()
    .map((folder) => join(folder, name))
    .find(isProgram);
  if (found === undefined) throw new Error(`${name} is not installed.`);
  return found;
}

const told = new Set<ServerName>();

/**
 * Whether this machine lacks a server, so that its tests are to be skipped: `missingServer("redis") ? describe.skip :
 * describe`. Says so in one line.
 *
 * @throws Error when it is missing and `CI=true`.
 */
export function missingServer(server: ServerName): boolean {
  const name = PROGRAMS[server];
  if (folders().some((folder) => isProgram(join(folder, name)))) return false;
  if (process.env["CI"] === "true") throw new Error(`CI tests with ${name}: install it.`);
  if (!told.has(server)) process.stderr.write(`${name} is not installed: its tests are skipped.\n`);
  told.add(server);
  return true;
}

function folders(): readonly string[] {
  let versions: string[] = [];
  try {
    versions = readdirSync(POSTGRES_VERSIONS).toSorted((one, other) => Number(other) - Number(one));
  } catch {
    // Not Debian's PostgreSQL.
  }
  return [
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/sbin",
    ...versions.map((version) => join(POSTGRES_VERSIONS, version, "bin")),
  ];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
