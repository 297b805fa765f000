import { type Fields, isObject, jsonObject, ownFields, readFields } from "@grantkit/core/requests";

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

/** An option that takes the content of a JSON file, and another one that takes its path. */
interface FileOptions {
  readonly content: unknown;
  readonly path: unknown;
  /** The options' names, for the sentences. */
  readonly names: { readonly content: string; readonly path: string };
  /** What the file is, to complete "pass …". */
  readonly what: string;
}

/**
 * Reads a JSON file that is given as an object, as its text or by its path.
 *
 * @returns Its fields, or the sentence that says why they cannot be read, which quotes none of it.
 */
export function readJsonFile({ content, path, names, what }: FileOptions): Fields | string {
  const given = content ?? undefined;
  if (given !== undefined && path !== undefined)
    return `pass either ${names.content} or ${names.path}`;
  if (given === undefined && (path === undefined || path === "")) {
    return `${names.content} is missing: pass ${what}, or its path as ${names.path} (is the environment variable set?)`;
  }
  if (path !== undefined) return readPath(path, names.path);
  if (typeof given === "string") return parse(given, names.content);
  if (isObject(given) && !Array.isArray(given)) return ownFields(given);
  return `${names.content} must be ${what}: an object, or its text`;
}

function readPath(path: unknown, name: string): Fields | string {
  if (typeof path !== "string") return `${name} must be the path of a file`;
  const files = nodeFiles();
  if (!files) return `${name} needs Node.js: pass the file's content here`;
  try {
    return parse(files.readFileSync(path, "utf8"), name);
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    return `the file of ${name} cannot be read (${code})`;
  }
}

function parse(text: string, name: string): Fields | string {
  const fields = jsonObject(text);
  return fields
    ? readFields(fields)
    : `${name} is not a JSON object: pass the file as it was downloaded`;
}
