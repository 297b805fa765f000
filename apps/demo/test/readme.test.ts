// What the README says of the flows is compared with what the playground has.
import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { OAuth2Client } from "@grantkit/core";
import { OAuth1Session } from "@grantkit/oauth1";
import { flowsOf } from "../src/flows/all-flows.ts";
import { servedDemo } from "./faults.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const served = servedDemo(false);

/** The rows of the table of flows: the flow, and where it works. */
function rows(): string[] {
  const [, table = ""] = /^\| flow [^\n]*\n\|[^\n]*\n((?:\|[^\n]*\n)+)/m.exec(README) ?? [];
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [, flow = "", , where = ""] = line.split("|").map((cell) => cell.trim());
      return `${flow}: ${where}`;
    });
}

it("the README names every flow, and the providers where it works", () => {
  const works = new Map<string, string[]>();
  for (const target of served().targets.filter(({ kind }) => kind !== "example")) {
    for (const { id, title, protocol } of flowsOf(target)) {
      const key = `${protocol} ${id} ${title}`;
      const before = works.get(key) ?? [];
      works.set(key, target.without[id] === undefined ? [...before, target.title] : before);
    }
  }
  const flows = [...works].map(
    ([key, titles]) => `${key.split(" ").slice(2).join(" ")}: ${titles.join(", ")}`,
  );
  expect(flows.length).toBeGreaterThan(25);
  expect(rows()).toEqual(flows);
});

it("the README names every method of the two clients", () => {
  const methods = [OAuth2Client, OAuth1Session].flatMap(({ prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([name, { value }]) => typeof value === "function" && name !== "constructor")
      .map(([name]) => name),
  );
  const called = new Set([...README.matchAll(/`(?:[\w]+\.)?(\w+)\(\)`/g)].map(([, name]) => name));
  // What a session's own methods call.
  const missing = methods.filter((name) => !called.has(name) && name !== "requesting");
  expect(missing).toEqual([]);
});
