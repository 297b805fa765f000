// Prints the URL of every module that the import of a package loads. Node runs this file twice: as the program, and as
// that program's module hook, in a thread of its own.
import { writeSync } from "node:fs";
import { createRequire, register, type ResolveHook } from "node:module";
import { isMainThread } from "node:worker_threads";

const STDOUT = 1;

/** Node's resolve hook: lets everything through, and notes it. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  writeSync(STDOUT, `${resolved.url}\n`);
  return resolved;
};

if (isMainThread) {
  register(import.meta.url);
  await import(process.argv[2] ?? "");
  // What a CommonJS module requires goes past the hooks on Node 20.
  const required = Object.keys(createRequire(import.meta.url).cache);
  writeSync(STDOUT, required.map((path) => `${path}\n`).join(""));
}
