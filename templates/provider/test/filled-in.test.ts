import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";

// Red until the template's placeholders are replaced. Delete this file when it is green.
const root = join(import.meta.dirname, "..");
const files = ["README.md", ...["src", "test"].flatMap(filesIn)].filter(
  (name) => !name.endsWith("filled-in.test.ts"),
);

it.each(files)("%s has nothing left to fill in", (name) => {
  const lines = readFileSync(join(root, name), "utf8").split("\n");
  expect(lines.filter((line) => /fill[ -]in/i.test(line))).toEqual([]);
});

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}
