// Takes some seconds: processes start, and locks end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { rmSync } from "node:fs";
import { tokenStoreConformance } from "@grantkit/core/testing";
import { FileTokenStore } from "@grantkit/store-file";
import { Processes, temporaryFolder } from "./support/processes.ts";

const processes = new Processes();
const directory = temporaryFolder();
afterAll(() => {
  processes.close();
  rmSync(directory, { recursive: true });
});

describe("FileTokenStore keeps every promise of a TokenStore:", () => {
  const cases = tokenStoreConformance({
    makeStore: () => new FileTokenStore({ directory }),
    peerOf: () => new FileTokenStore({ directory }),
    processModule: processes.module(directory),
  });
  for (const each of cases) it(each.name, () => each.run());
});
