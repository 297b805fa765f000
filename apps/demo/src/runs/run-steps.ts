import { currentFlow } from "../exchanges/exchange-log.ts";
import type { Departure, Outcome, Step } from "../flows/flow.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import { EmulatorTurns } from "./emulator-turns.ts";
import type { Run } from "./run.ts";

const turns = new WeakMap<AnyTarget, EmulatorTurns>();

/** Takes the first step of a flow. */
export function begin(run: Run, visitor: Visitor): Promise<Step> {
  const { target, flow, values, fault } = run;
  return take(run, async () => {
    const client = run.createClient();
    const held = visitor.tokens.get(target.id);
    const step = (): Promise<Step> => flow.run({ target, client, values, visitor });
    const first = await step();
    if (!fault?.twice || "url" in first || "device" in first) return first;
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
export function finish(
  run: Run,
  departure: Departure,
  callback: URL | URLSearchParams,
): Promise<Outcome> {
  run.cameBack = true;
  return take(run, async () => {
    const first = await departure.finish(callback);
    return run.fault?.twice ? departure.finish(callback) : first;
  });
}

/** Takes a step, and records its exchanges. */
export function record<Result>(run: Run, step: () => Promise<Result>): Promise<Result> {
  const { id: name, title } = run.target;
  return currentFlow.run({ log: run, provider: { name, title } }, step);
}

/** Takes a step with the run's fault turned on, and records its exchanges. */
function take<Result>(run: Run, step: () => Promise<Result>): Promise<Result> {
  const { target, fault } = run;
  const turn = turns.get(target) ?? new EmulatorTurns();
  turns.set(target, turn);
  return turn.take(fault?.begin !== undefined, () =>
    record(run, async () => {
      const end = await fault?.begin?.();
      try {
        return await step();
      } finally {
        end?.();
      }
    }),
  );
}
