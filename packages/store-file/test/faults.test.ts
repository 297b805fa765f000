// Takes half a minute: tokens and locks of killed processes end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { faultCases } from "@grantkit/store-faults";
import { makeStore } from "./support/open-store.ts";
import { temporaryFolder } from "./support/processes.ts";

const directory = temporaryFolder();
afterAll(() => rmSync(directory, { recursive: true }));

describe("FileTokenStore, when things go wrong:", () => {
  const cases = faultCases({
    storeModule: join(import.meta.dirname, "support/open-store.ts"),
    storeParameter: directory,
    openStore: () => makeStore(directory),
  });
  for (const { name, run } of cases) it(name, run);
});
