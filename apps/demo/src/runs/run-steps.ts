import { currentFlow } from "../exchanges/exchange-log.ts";
import type { Departure, Outcome } from "../flows/flow.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import { EmulatorTurns } from "./emulator-turns.ts";
import type { Run } from "./run.ts";

const turns = new WeakMap<AnyTarget, EmulatorTurns>();

/** Takes the first step of a flow. */
export function begin(run: Run, visitor: Visitor): Promise<Outcome | Departure> {
  const { target, flow, values, fault } = run;
  return take(run, async () => {
    const client = run.createClient();
    const held = visitor.tokens.get(target.id);
    const step = (): Promise<Outcome | Departure> => flow.run({ target, client, values, visitor });
    const first = await step();
    if (!fault?.twice || "url" in first) return first;
    // Again with the token that the first step may have replaced.
    const replaced = visitor.tokens.get(target.id);
    if (held) visitor.tokens.set(target.id, held);
    try {
      return await step();
    } finally {
      if (replaced) visitor.tokens.set(target.id, replaced);
    }
  });
}

/** Takes the step of a flow that its callback leads to. */
export function finish(run: Run, departure: Departure, callback: URL): Promise<Outcome> {
  run.cameBack = true;
  return take(run, async () => {
    const first = await departure.finish(callback);
    return run.fault?.twice ? departure.finish(callback) : first;
  });
}

/** Takes a step with the run's fault turned on, and records its exchanges. */
function take<Result>(run: Run, step: () => Promise<Result>): Promise<Result> {
  const { target, fault } = run;
  const turn = turns.get(target) ?? new EmulatorTurns();
  turns.set(target, turn);
  const provider = { name: target.id, title: target.title };
  return turn.take(fault?.begin !== undefined, () =>
    currentFlow.run({ log: run, provider }, async () => {
      const end = await fault?.begin?.();
      try {
        return await step();
      } finally {
        end?.();
      }
    }),
  );
}
