import { orStartPage } from "../error-page.ts";
import type { DeviceWait } from "../flows/flow.ts";
import type { Visitor } from "../visitors.ts";
import type { Run } from "./run.ts";
import { keep, type Workbench } from "./workbench.ts";

/** Waits for the user at the other device, whether or not the page is open. */
export function waitForDevice(
  { onFailure }: Workbench,
  visitor: Visitor,
  run: Run,
  { device }: DeviceWait,
): void {
  run.device = device;
  const title = "The device is connected";
  const text = "The user said yes on the other device.";
  device.token
    .then((token) => keep(run, visitor, { title, text, token }))
    .catch((error: unknown) => run.fail(error))
    .catch((error: unknown) => onFailure?.(error));
}

/** Finds a run that waits, or waited, for another device. */
export function deviceRunOf(visitor: Visitor | undefined, id: string): Run {
  return orStartPage(visitor?.runs.all.find((run) => run.device && String(run.id) === id));
}
