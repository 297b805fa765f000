import { errorHeading } from "./error-heading.ts";
import type { Run } from "./run.ts";

/** The run's heading: what came of it. */
export function runHeading({ outcome, error, target, device }: Run): string {
  if (outcome) return outcome.title;
  if (device && !error) return "Waiting for you on another device";
  return error ? errorHeading(error) : `Waiting for you at ${target.title}`;
}
