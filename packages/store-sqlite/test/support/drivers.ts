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
  /** The path of its module, and the name of the class unless the module is the class, for processes without Jest. */
  readonly module: string;
  readonly member: string | undefined;
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
    const open = (file: string) => new Connection(file);
    return [{ name: module, open, module: require.resolve(module), member }];
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
