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

it("one file imports openid-client, one jose, one axios, and axios only when it is needed", () => {
  expect(importing("openid-client")).toEqual(["oidc/bridge.ts"]);
  expect(importing("jose")).toEqual(["oidc/id-token.ts"]);
  expect(importing("axios")).toEqual(["http/transport.ts"]);
  const transport = files.find(([name]) => name === "http/transport.ts")?.[1];
  expect(transport).toContain('import("axios")');
});

it("the bridge and the ID token check are loaded by those who need them, not by the package", () => {
  const eager = (target: string): string[] =>
    files
      .filter(([, text]) =>
        new RegExp(`^import (?!type\\b)[^;]*from "[^"]*/${target}"`, "m").test(text),
      )
      .map(([name]) => name);
  expect(eager("bridge.ts")).toEqual([]);
  expect(eager("id-token.ts")).toEqual([]);
});
