import { expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";

const PROVIDERS = [
  "apple",
  "entra",
  "keycloak",
  "linkedin",
  "notion",
  "okta",
  "salesforce",
  "shopify",
  "strava",
  "tiktok",
  "twitch",
  "x",
  "zoom",
];

/** Lines of code, formatted, without imports and comments, and without the lines that open and close the definition. */
function linesOf(source: string): string[] {
  return source
    .replaceAll(/^import [^;]*;$/gm, "")
    .replaceAll(/^ *\/\*\*.*?\*\/$/gms, "")
    .split("\n")
    .filter(
      (line) =>
        !/^\s*$|^\s*\/\/|^export |^\s*return defineProvider\(|^\s*[)}]+;?$/.test(line) ||
        /^ {2,}},?$/.test(line),
    );
}

it.each(PROVIDERS)("defines %s in at most fifteen lines", async (name) => {
  const source = await readFile(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
  expect(linesOf(source).length).toBeLessThanOrEqual(15);
});
