import { isObject, ownFields } from "@grantkit/core/requests";
import { nodeFiles } from "./node-files.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What an option that takes a JSON file holds: its fields, or why they cannot be read. */
export type ReadFile = { readonly fields: Fields } | { readonly problem: string };

/** An option that takes the content of a JSON file, and another one that takes its path. */
interface FileOptions {
  readonly content: unknown;
  readonly path: unknown;
  /** The options' names, for the sentences. */
  readonly names: { readonly content: string; readonly path: string };
  /** What the file is, to complete "pass …". */
  readonly what: string;
}

/** Reads a JSON file that is given as an object, as its text or by its path. No sentence quotes any of it. */
export function readJsonFile({ content, path, names, what }: FileOptions): ReadFile {
  const given = content ?? undefined;
  if (given !== undefined && path !== undefined) {
    return { problem: `pass either ${names.content} or ${names.path}` };
  }
  if (given === undefined && (path === undefined || path === "")) {
    return {
      problem: `${names.content} is missing: pass ${what}, or its path as ${names.path} (is the environment variable set?)`,
    };
  }
  if (path !== undefined) return readPath(path, names.path);
  if (typeof given === "string") return parse(given, names.content);
  return isObject(given) && !Array.isArray(given)
    ? { fields: ownFields(given) }
    : { problem: `${names.content} must be ${what}: an object, or its text` };
}

function readPath(path: unknown, name: string): ReadFile {
  if (typeof path !== "string") return { problem: `${name} must be the path of a file` };
  const files = nodeFiles();
  if (!files) return { problem: `${name} needs Node.js: pass the file's content here` };
  let text: string;
  try {
    text = files.readFileSync(path, "utf8");
  } catch (error) {
    const { code = "unknown error" } = error as { code?: string };
    return { problem: `the file of ${name} cannot be read (${code})` };
  }
  return parse(text, name);
}

function parse(text: string, name: string): ReadFile {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return { problem: `${name} is not JSON: pass the file as it was downloaded` };
  }
  return isObject(fields) && !Array.isArray(fields)
    ? { fields: ownFields(fields) }
    : { problem: `${name} is not a JSON object: pass the file as it was downloaded` };
}
