import type { Hono } from "hono";
import { orStartPage } from "../error-page.ts";
import type { DeviceWait } from "../flows/flow.ts";
import type { Visitor } from "../visitors.ts";
import type { Run } from "./run.ts";
import { record } from "./run-steps.ts";
import { keep, toResult, type Workbench } from "./workbench.ts";

/** Serves the buttons of a run that waits for a user at another device. */
export function serveDevices(app: Hono, { visitors }: Workbench): void {
  app.post("/device/:run/poll", (c) => {
    const run = deviceRunOf(visitors.find(c), c.req.param("run"));
    run.device?.pollEarly();
    return toResult(c, run);
  });

  app.post("/device/:run/stop", (c) => {
    const run = deviceRunOf(visitors.find(c), c.req.param("run"));
    run.device?.stop();
    return toResult(c, run);
  });
}

/** Waits for the user at the other device, whether or not the page is open. */
export function waitForDevice(
  { visitors, onFailure }: Workbench,
  visitor: Visitor,
  run: Run,
  { device }: DeviceWait,
): void {
  run.device = device;
  // Nobody would stop the polls of a visitor who was forgotten while the code was requested.
  if (!visitors.has(visitor)) device.stop();
  record(run, async () => {
    try {
      keep(run, visitor, {
        title: "The device is connected",
        text: "The user said yes on the other device.",
        token: await device.token,
      });
    } catch (error) {
      run.fail(error);
    }
  }).catch((error: unknown) => onFailure?.(error));
}

function deviceRunOf(visitor: Visitor | undefined, id: string): Run {
  return orStartPage(visitor?.runs.all.find((run) => run.device && String(run.id) === id));
}
