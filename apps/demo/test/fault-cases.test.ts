import { expect, it } from "@jest/globals";
import type { AnyTarget } from "../src/targets/target.ts";
import { FAULT_CASES, OTHER_FAULTS } from "./fault-cases.ts";
import { servedDemo } from "./faults.ts";

const served = servedDemo(false);

/** A fault's name among those of its protocol: what several targets have is tried at one of them. */
const nameOf = ({ protocol }: AnyTarget, id: string): string => `${protocol ?? "oauth2"}: ${id}`;

it("every fault of every target is tried in a browser", () => {
  const tried = served().targets.flatMap((target) => {
    const cases = FAULT_CASES[target.id] ?? [];
    return target.faults
      .filter(
        ({ title, flows = [] }) =>
          OTHER_FAULTS.includes(title) ||
          cases.some(({ fault, flow }) => fault === title && flows.includes(flow)),
      )
      .map(({ id }) => nameOf(target, id));
  });
  const all = served().targets.flatMap((target) =>
    target.faults.map(({ id }) => nameOf(target, id)),
  );
  expect(new Set(tried)).toEqual(new Set(all));
});

it("no two faults of a target have the same ID: the second one could not be chosen", () => {
  for (const { faults } of served().targets) {
    const ids = faults.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  }
});
