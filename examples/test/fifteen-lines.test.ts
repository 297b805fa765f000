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

const IMPORT = /^import [^;]*;$/gm;
const COMMENT = /^ *\/\*\*[^]*?\*\/$|^ *\/\/.*$/gm;
/** What opens and closes the definition: `export const x = defineProvider({` … `});`, or a function around it. */
const FRAME = /^export |^ {2}return defineProvider\(\{$|^ {2}\}\);$|^\}\)?;?$/;

function definitionOf(source: string): string[] {
  const code = source.replaceAll(IMPORT, "").replaceAll(COMMENT, "");
  return code.split("\n").filter((line) => line.trim() !== "" && !FRAME.test(line));
}

async function lengthOf(name: string): Promise<number> {
  const source = await readFile(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
  return definitionOf(source).length;
}

it.each(PROVIDERS)("defines %s in at most fifteen lines", async (name) => {
  await expect(lengthOf(name)).resolves.toBeLessThanOrEqual(15);
});
