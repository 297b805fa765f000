import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { PostgresTokenStore } from "@grantkit/store-postgres";

const db = new PGlite();
const open = (): PostgresTokenStore =>
  new PostgresTokenStore({ query: (sql, parameters) => db.query<object>(sql, parameters) });
beforeAll(() => open().migrate());
afterAll(() => db.close());

describe("PostgresTokenStore over PGlite keeps every promise of a TokenStore:", () => {
  const cases = tokenStoreConformance({ makeStore: open, peerOf: open });
  for (const each of cases) it(each.name, () => each.run());
});
