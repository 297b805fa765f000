// Takes half a minute: tokens and locks of killed processes end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { faultCases } from "@grantkit/store-faults";
import { makeStore } from "./support/open-store.ts";
import { temporaryFolder } from "./support/processes.ts";

const directory = temporaryFolder();
afterAll(() => rmSync(directory, { recursive: true }));

const fileOf = (key: string): string =>
  join(directory, `${createHash("sha256").update(JSON.stringify(key)).digest("hex")}.json`);

describe("FileTokenStore, when things go wrong:", () => {
  const cases = faultCases({
    storeModule: join(import.meta.dirname, "support/open-store.ts"),
    storeParameter: directory,
    openStore: () => makeStore(directory),
    damage(key, how) {
      const text = readFileSync(fileOf(key), "utf8");
      writeFileSync(
        fileOf(key),
        how === "truncated" ? text.slice(0, -20) : `${text.slice(0, 40)}?${text.slice(41)}`,
      );
    },
    raw: (key) => readFileSync(fileOf(key), "utf8"),
  });
  for (const { name, run } of cases) it(name, run);
});
