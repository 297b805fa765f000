import { errorHeading } from "./error-heading.ts";
import type { Run } from "./run.ts";

/** The run's heading: what came of it. */
export function runHeading(run: Run): string {
  const { outcome, error, target, device } = run;
  if (outcome) return outcome.title;
  if (error) return errorHeading(error);
  if (device) return "Waiting for you on another device";
  return run.isLedByPage
    ? `Waiting for you at ${target.title}`
    : `${target.title} has not sent you back`;
}
