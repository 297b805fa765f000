// Tests the promises of a token store on the SQLite of a runtime: `sqlite.mjs FILE`, with FILE in SQLITE_FILE for the processes
// that the suite starts, which import makeStore().
import { tokenStoreConformance } from "@grantkit/core/testing";
import { SqliteTokenStore } from "@grantkit/store-sqlite";

const isBun = globalThis.Bun !== undefined;
const isNode = !isBun && globalThis.Deno === undefined;
const driver = await import(isBun ? "bun:sqlite" : "node:sqlite");
const Connection = isBun ? driver.Database : driver.DatabaseSync;

export const makeStore = () =>
  new SqliteTokenStore({ database: new Connection(process.env.SQLITE_FILE) });

if (process.argv[2] === process.env.SQLITE_FILE) {
  const cases = tokenStoreConformance({
    makeStore,
    peerOf: makeStore,
    // Only Node.js runs the text of a module that the processes of the suite are given.
    ...(isNode && { processModule: import.meta.url }),
  });
  for (const each of cases) {
    await each.run().catch((error) => {
      throw new Error(each.name, { cause: error });
    });
  }
  console.log(`${cases.length} promises kept`);
}
