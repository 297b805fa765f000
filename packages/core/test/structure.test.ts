import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map(
    (name) => [relative(root, join(root, name)), readFileSync(join(root, name), "utf8")] as const,
  );

const importing = (library: string): string[] =>
  files
    .filter(([, text]) =>
      new RegExp(`(?:^import (?!type\\b)[^;]*from|import\\()\\s*"${library}"`, "m").test(text),
    )
    .map(([name]) => name);

it("core knows no provider's name", () => {
  expect(files.length).toBeGreaterThan(30);
  expect(
    files.filter(([, text]) => /\b(?:google|github|facebook)\b/i.test(text)).map(([name]) => name),
  ).toEqual([]);
});

it("core reads no environment variable: none can switch a check off", () => {
  expect(files.filter(([, text]) => /process\s*\.env|\.env\b/.test(text))).toEqual([]);
});

it("one file imports openid-client, one jose, one axios, and axios only when it is needed", () => {
  expect(importing("openid-client")).toEqual(["oidc/bridge.ts"]);
  expect(importing("jose")).toEqual(["oidc/jose.ts"]);
  expect(importing("axios")).toEqual(["http/transport.ts"]);
  const transport = files.find(([name]) => name === "http/transport.ts")?.[1];
  expect(transport).toContain('import("axios")');
});

it("neither openid-client nor jose is loaded by the package, but by the first call that needs them", () => {
  const importsOf = new Map(
    files.map(([name, text]) => [
      name,
      [...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from "(\.[^"]*)"/gm)].map(
        ([, target]) => join(name, "..", target as string),
      ),
    ]),
  );
  const reached = new Set<string>();
  const walk = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const target of importsOf.get(name) ?? []) walk(target);
  };
  walk("index.ts");
  expect(reached.size).toBeGreaterThan(20);
  expect(
    [...reached].filter((name) => /bridge|jose|jwt|grants\/(?!grant-parameters)/.test(name)),
  ).toEqual([]);
});
