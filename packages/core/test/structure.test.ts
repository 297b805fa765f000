import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
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
      new RegExp(`(?:^(?:import|export) (?!type\\b)[^;]*from|import\\()\\s*"${library}"`, "m").test(
        text,
      ),
    )
    .map(([name]) => name);

const folderOf = (name: string): string =>
  name.includes("/") ? (dirname(name).split("/")[0] ?? "") : "";
const linesOf = (text: string): number => text.split("\n").length - 1;

/** Each folder may import from those below it. The files beside them are what a client is made of, and know them all. */
const FOLDERS = [
  "session",
  "requests",
  "refresh",
  "grants",
  "authorization",
  "endpoints",
  "dpop",
  "encryption",
  "oidc",
  "http",
  "tokens",
  "errors",
  "crypto",
  "options",
];

it("no folder imports from a folder above it", () => {
  const upwards = files.flatMap(([name, text]) =>
    [...text.matchAll(/(?:from|import\()\s*"(\.[^"]*)"/g)]
      .map(([, target]) => join(dirname(name), target as string))
      .filter((target) => {
        const [from, to] = [name, target].map((each) => FOLDERS.indexOf(folderOf(each)));
        return to !== -1 && from !== -1 && (to as number) < (from as number);
      })
      .map((target) => `${name} imports ${target}`),
  );
  expect(upwards).toEqual([]);
  const folders = new Set(files.map(([name]) => folderOf(name)));
  expect([...folders].toSorted()).toEqual(["", "node", "testing", ...FOLDERS].toSorted());
});

it("no folder has more than 15 % of the lines, and no file but the client's more than 250", () => {
  const total = files.reduce((sum, [, text]) => sum + linesOf(text), 0);
  for (const folder of FOLDERS) {
    const inside = files.filter(([name]) => folderOf(name) === folder);
    const lines = inside.reduce((sum, [, text]) => sum + linesOf(text), 0);
    expect([folder, lines / total <= 0.15]).toEqual([folder, true]);
  }
  const long = files.filter(([, text]) => linesOf(text) > 250).map(([name]) => name);
  expect(long).toEqual(["client.ts"]);
});

const PROVIDER_NAMES = /\b(?:google|github|facebook|microsoft|entra|azure)\b/i;

it("core knows no provider's name", () => {
  expect(files.length).toBeGreaterThan(30);
  expect(
    files
      // The page that a rule comes from may be a provider's.
      .filter(([, text]) => PROVIDER_NAMES.test(text.replaceAll(/@see https:\S+/g, "")))
      .map(([name]) => name),
  ).toEqual([]);
});

it("core reads no environment variable: none can switch a check off", () => {
  expect(files.filter(([, text]) => /process\s*\.env|\.env\b/.test(text))).toEqual([]);
});

it("one file imports openid-client, one jose, one axios, and axios only when it is needed", () => {
  expect(importing("openid-client")).toEqual(["oidc/bridge.ts"]);
  expect(importing("jose")).toEqual(["oidc/jose.ts"]);
  expect(importing('#?axios[^"]*')).toEqual(["http/http-options.ts"]);
  const axios = files.find(([name]) => name === "http/http-options.ts")?.[1];
  expect(axios).toContain('import("#axios")');
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
