import { currentFlow } from "../exchanges/exchange-log.ts";
import type { Departure, DeviceWait, Outcome } from "../flows/flow.ts";
import type { Visitor } from "../visitors.ts";
import type { Run } from "./run.ts";

/**
 * Runs a step of a flow, records its exchanges, and keeps what came of it.
 *
 * @returns What the step returned; undefined if it failed in a way that the run shows.
 */
export async function attempt<Step extends Outcome | Departure | DeviceWait>(
  run: Run,
  visitor: Visitor,
  step: () => Promise<Step>,
): Promise<Step | undefined> {
  const { target } = run;
  const provider = { name: target.id, title: target.title };
  return currentFlow.run({ log: run, provider }, async () => {
    try {
      const result = await step();
      if ("url" in result || "device" in result) return result;
      run.succeed(result);
      if (result.token) visitor.tokens.set(target.id, { token: result.token });
      return result;
    } catch (error) {
      run.fail(error);
      return undefined;
    }
  });
}
