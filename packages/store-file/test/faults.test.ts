// Takes a minute: tokens and locks of killed processes end in real time.
import { afterAll, describe, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { faultCases } from "@grantkit/store-faults";
import { makeStore as openEncrypted } from "./support/open-encrypted-store.ts";
import { makeStore as openPlain } from "./support/open-store.ts";
import { temporaryFolder } from "./support/processes.ts";

describe.each([
  // Where a changed character is noticed: in the key, and in the encrypted token.
  ["FileTokenStore", "open-store.ts", openPlain, 0.1],
  ["an encrypted FileTokenStore", "open-encrypted-store.ts", openEncrypted, 0.9],
] as const)("%s, when things go wrong:", (_name, module, makeStore, noticed) => {
  const directory = temporaryFolder();
  afterAll(() => rmSync(directory, { recursive: true }));
  const fileOf = (key: string): string =>
    join(directory, `${createHash("sha256").update(JSON.stringify(key)).digest("hex")}.json`);
  const cases = faultCases({
    storeModule: join(import.meta.dirname, "support", module),
    storeParameter: directory,
    openStore: () => makeStore(directory),
    damage(key, how) {
      const text = readFileSync(fileOf(key), "utf8");
      const at = Math.floor(text.length * noticed);
      const corrupt = `${text.slice(0, at)}?${text.slice(at + 1)}`;
      writeFileSync(fileOf(key), how === "truncated" ? text.slice(0, -20) : corrupt);
    },
    raw: (key) => readFileSync(fileOf(key), "utf8"),
  });
  for (const { name, run } of cases) it(name, run);
});
