// The stack of an error leads to the line of the app that made the call, however deep inside it was thrown.
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { type Bundle, bundle } from "./support/bundled.ts";

interface Told {
  readonly calls: readonly string[];
  readonly stacks: Readonly<Record<string, string | undefined>>;
  readonly limits: readonly number[];
  readonly unasked: string | undefined;
}

let processes: Bundle;
let told: Told;

beforeAll(() => {
  processes = bundle("failing-calls");
  const output = execFileSync(process.execPath, [processes.path("failing-calls")], {
    encoding: "utf8",
  });
  told = JSON.parse(output) as Told;
});
afterAll(() => processes.close());

it("the stack of every error has the calling line, of which Node.js shows ten", () => {
  const { calls, stacks } = told;
  expect(calls.length).toBeGreaterThan(25);
  expect(calls.filter((name) => !/ at (?:async )?callingLine/.test(stacks[name] ?? ""))).toEqual(
    [],
  );
});

it("an error changes no limit of the app's, and has no stack where the app wants none", () => {
  expect(told.limits).toEqual([10, 0]);
  expect(told.unasked).not.toMatch(/^\s+at /m);
});
