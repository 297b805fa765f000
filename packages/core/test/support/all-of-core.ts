import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import * as core from "@grantkit/core";
import * as coreTesting from "@grantkit/core/testing";

/** Tests that an app which installs a package needs no second import for what core has. */
export function testHandsOnAllOfCore(
  folder: string,
  entry: Readonly<Record<string, unknown>>,
  testing: Readonly<Record<string, unknown>>,
): void {
  it("exports all of core, and its testing entry all of core's: one installed package is enough", () => {
    expect(Object.keys(core).length).toBeGreaterThan(10);
    for (const [name, value] of Object.entries(core)) {
      expect([name, entry[name] === value]).toEqual([name, true]);
    }
    expect(Object.keys(coreTesting).length).toBeGreaterThan(2);
    expect({ ...testing }).toEqual({ ...coreTesting });
  });

  it("exports no other thing under a name of core's, types included", () => {
    const own = new Set(exportsOf(folder));
    expect(own.size).toBeGreaterThan(3);
    expect(exportsOf("core").filter((name) => own.has(name))).toEqual([]);
    const index = readFileSync(indexOf(folder), "utf8");
    expect(index).toContain('export * from "@grantkit/core";');
  });
}

/** The names that a package's index lists, types too; a star lists none. */
function exportsOf(folder: string): string[] {
  const lists = readFileSync(indexOf(folder), "utf8").matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [...lists].flatMap(([, list = ""]) =>
    [...list.matchAll(/(\w+)\s*(?:,|$)/g)].map(([, name]) => name as string),
  );
}

function indexOf(folder: string): URL {
  return new URL(`../../../${folder}/src/index.ts`, import.meta.url);
}
