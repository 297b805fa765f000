import { describe, it } from "@jest/globals";
import { createRequire } from "node:module";
import type { SqliteDatabase } from "@grantkit/store-sqlite";

/** A connection that a test opens, and closes. */
export interface Opened extends SqliteDatabase {
  close(): unknown;
}

/** A driver that this machine has. */
export interface Driver {
  readonly name: string;
  open(file: string): Opened;
  /** JavaScript whose `open(file)` does the same in a process without Jest. */
  readonly code: string;
}

type Class = new (file: string) => Opened;

/** Loads a driver; there is none of this name if that fails. */
function load(module: string, member?: string): Driver[] {
  try {
    const require = createRequire(import.meta.url);
    const classOf = (loaded: unknown) =>
      (member === undefined ? loaded : (loaded as Record<string, unknown>)[member]) as Class;
    const Connection = classOf(require(module));
    new Connection(":memory:").close();
    const path = JSON.stringify(require.resolve(module));
    const code = `import { createRequire } from "node:module";
      const Connection = createRequire(import.meta.url)(${path})${member === undefined ? "" : `.${member}`};
      export const open = (file) => new Connection(file);`;
    return [{ name: module, open: (file) => new Connection(file), code }];
  } catch {
    return [];
  }
}

const drivers: readonly Driver[] = [
  ...load("node:sqlite", "DatabaseSync"),
  ...load("better-sqlite3"),
];

/** Registers tests for each driver: `node:sqlite` since Node 22.13, and `better-sqlite3` where it could be compiled. */
export function describeDrivers(title: string, tests: (driver: Driver) => void): void {
  for (const driver of drivers) describe(`${title} (${driver.name})`, () => tests(driver));
  if (drivers.length > 0) return;
  const message =
    "No SQLite: better-sqlite3 could not be compiled, and node:sqlite needs Node 22.13.";
  if (process.env["CI"] === "true") throw new Error(message);
  process.stderr.write(`${message} The tests of ${title} are skipped.\n`);
  it.skip("needs a driver", () => undefined);
}
