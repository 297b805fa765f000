// Tests the promises of a token store on the SQLite of a runtime: `sqlite.mjs FILE`, with FILE in SQLITE_FILE for the processes
// that the suite starts, which import makeStore().
import { tokenStoreConformance } from "@grantkit/core/testing";
import { SqliteTokenStore } from "@grantkit/store-sqlite";

const isNode = globalThis.Bun === undefined && globalThis.Deno === undefined;
const { Database = undefined, DatabaseSync = Database } = await (globalThis.Bun === undefined
  ? import("node:sqlite")
  : import("bun:sqlite"));

export const makeStore = () =>
  new SqliteTokenStore({ database: new DatabaseSync(process.env.SQLITE_FILE) });

if (process.argv[2] === process.env.SQLITE_FILE) {
  const cases = tokenStoreConformance({
    makeStore,
    peerOf: makeStore,
    // Only Node.js runs the text of a module that the processes of the suite are given.
    ...(isNode && { processModule: import.meta.url }),
  });
  for (const { name, run } of cases) {
    await run().catch((error) => {
      throw new Error(name, { cause: error });
    });
  }
  console.log(`${cases.length} promises kept`);
}
