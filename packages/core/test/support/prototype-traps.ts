import { readFileSync } from "node:fs";

const shared: object = Object.prototype;

/** The names of all optional fields in a package's API report: options, and fields of records. */
export function optionalFields(packageName: string): string[] {
  const report = `../../../${packageName}/etc/${packageName}.api.md`;
  const file = new URL(report, import.meta.url);
  const names = readFileSync(file, "utf8").matchAll(/^ +(?:readonly )?(\w+)\?:/gm);
  return [...new Set([...names].map(([, name]) => name as string))].toSorted();
}

/**
 * Runs work while every read of a name that reaches `Object.prototype` is recorded.
 *
 * @returns The places in the packages' sources that read a name there, each as `file:line name`.
 */
export async function readsFromPrototype(
  names: readonly string[],
  work: () => unknown,
): Promise<string[]> {
  const found = new Set<string>();
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 3;
  for (const name of names) {
    Object.defineProperty(shared, name, {
      configurable: true,
      get() {
        const [, , reader = ""] = (new Error().stack ?? "").split("\n");
        const place = /packages\/([\w-]+\/src\/\S+?:\d+)/.exec(reader)?.[1];
        if (place?.startsWith("emulator/") === false) found.add(`${place} ${name}`);
        return undefined;
      },
      // As if there were no accessor: an assignment makes an own property.
      set(value: unknown) {
        Object.defineProperty(this, name, {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      },
    });
  }
  try {
    await work();
  } finally {
    for (const name of names) Reflect.deleteProperty(shared, name);
    Error.stackTraceLimit = limit;
  }
  return [...found];
}

/** Runs work while `Object.prototype` has additional properties. */
export async function polluted<Result>(
  additions: object,
  work: () => Promise<Result>,
): Promise<Result> {
  for (const [name, value] of Object.entries(additions)) {
    Object.defineProperty(shared, name, { value, configurable: true, writable: true });
  }
  try {
    return await work();
  } finally {
    for (const name of Object.keys(additions)) Reflect.deleteProperty(shared, name);
  }
}
