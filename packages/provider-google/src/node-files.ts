/** The part of Node's `node:fs` that is used. */
interface NodeFiles {
  readFileSync(path: string, encoding: "utf8"): string;
  readonly promises: { readFile(path: string, encoding: "utf8"): Promise<string> };
}

/**
 * Gives `node:fs`; undefined where there is none. Not by `import()`, which bundlers for browsers and workers cannot
 * resolve.
 */
export function nodeFiles(): NodeFiles | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(id: "node:fs"): NodeFiles };
  };
  return process?.getBuiltinModule?.("node:fs");
}
