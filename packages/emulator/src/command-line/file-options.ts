import { readFileSync } from "node:fs";

/**
 * What a flag's file has in it: text, or an object where it is JSON; undefined when the flag was not given.
 *
 * Throws an error fit to be shown.
 */
export function contentOf(flag: string, path: unknown): unknown {
  if (path === undefined) return undefined;
  let content: string;
  try {
    content = readFileSync(path as string, "utf8");
  } catch {
    throw new TypeError(`--${flag} takes the path of a file that can be read.`);
  }
  if (!content.trimStart().startsWith("{")) return content;
  try {
    return JSON.parse(content);
  } catch {
    throw new TypeError(`--${flag}: the file is neither PEM nor JSON.`);
  }
}
