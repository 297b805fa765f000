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
    run.heldJwt = flow.heldJwt?.({ target, values, visitor });
    // A client of its own each time, as in two processes.
    const step = (): Promise<Step> =>
      flow.run({ target, client: run.createClient(), values, visitor });
    const held = visitor.tokens.get(target.id);
    const first = await step();
    if (!fault?.twice || "url" in first || "device" in first) return first;
    const renewed = first.token ? { token: first.token } : visitor.tokens.get(target.id);
    if (held) visitor.tokens.set(target.id, held);
    try {
      return await step();
    } finally {
      if (renewed) visitor.tokens.set(target.id, renewed);
    }
  });
}

/** Has a callback issued again with the run's fault turned on, where it was issued without. */
export async function reissue(run: Run, callback: URL): Promise<void> {
  const { fault, exchanges } = run;
  const [departure] = exchanges;
  if (fault?.reissue && departure) {
    await take(run, async () => fault.reissue?.(departure.url, callback));
  }
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
