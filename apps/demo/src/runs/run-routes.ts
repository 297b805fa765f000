import type { Context, Hono } from "hono";
import { ErrorPage, orStartPage } from "../error-page.ts";
import { maskUrl } from "../exchanges/masking.ts";
import { FLOWS } from "../flows/all-flows.ts";
import type { Departure, DeviceWait, Flow } from "../flows/flow.ts";
import { FormValues } from "../flows/form-values.ts";
import { workbenchPage } from "../pages/workbench.ts";
import type { Target } from "../targets/target.ts";
import type { Visitor, Visitors } from "../visitors.ts";
import { attempt } from "./attempt.ts";
import type { Run } from "./run.ts";

/** What the routes of the workbench share. */
export interface Workbench {
  readonly targets: readonly Target[];
  readonly visitors: Visitors;
  readonly publicUrl: string;
  /** Called with an error of a wait that no request is there for. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Serves the workbench: the form of each flow, and its run. */
export function serveRuns(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;

  app.get("/", (c) => {
    const visitor = visitors.find(c);
    const newest = visitor?.runs.all[0];
    const target = targetOf(workbench, c.req.query("provider") ?? newest?.target.id);
    const flow = flowOf(c.req.query("flow") ?? newest?.flow.id);
    return c.html(workbenchPage({ targets: workbench.targets, visitor, target, flow }));
  });

  app.post("/run/:provider/:flow", async (c) => {
    const target = targetOf(workbench, c.req.param("provider"), true);
    const flow = flowOf(c.req.param("flow"), true);
    const form = new URLSearchParams(await c.req.text());
    const visitor = visitors.findOrCreate(c);
    const run = visitor.runs.begin(target, flow, new FormValues(form));
    const step = await attempt(run, visitor, async () => {
      const client = target.createClient(run.values);
      return flow.run({ target, client, values: run.values, visitor });
    });
    if (step && "url" in step) return depart(c, visitor, run, step);
    if (step && "device" in step) waitForDevice(workbench, visitor, run, step);
    return toResult(c, run);
  });

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

  app.post("/clear", (c) => {
    const visitor = visitors.find(c);
    visitor?.runs.clear();
    return c.redirect("/", 303);
  });
}

/** Waits for the user at the other device, whether or not the page is open. */
function waitForDevice(
  { visitors, onFailure }: Workbench,
  visitor: Visitor,
  run: Run,
  { device }: DeviceWait,
): void {
  run.device = device;
  // Nobody would stop the polls of a visitor who was forgotten while the code was requested.
  if (!visitors.has(visitor)) device.stop();
  attempt(run, visitor, async () => ({
    title: "The device is connected",
    text: "The user said yes on the other device.",
    token: await device.token,
  })).catch((error: unknown) => onFailure?.(error));
}

function depart(c: Context, visitor: Visitor, run: Run, departure: Departure): Response {
  visitor.runs.addWaiting(run, departure);
  run.add({
    provider: { name: run.target.id, title: run.target.title },
    between: "browser → provider",
    method: "GET",
    url: maskUrl(departure.url),
  });
  return c.redirect(departure.url, 303);
}

/** Sends the browser to the page with the run's result. */
export function toResult(c: Context, { target, flow }: Run): Response {
  return c.redirect(`/?provider=${target.id}&flow=${flow.id}#result`, 303);
}

/** Finds a target by its name in the URL. */
export function targetOf({ targets }: Workbench, id: string | undefined, exact = false): Target {
  const target = targets.find((each) => each.id === id) ?? (exact ? undefined : targets[0]);
  if (target) return target;
  throw new ErrorPage(404, {
    title: "No such provider",
    text: "Choose a provider on the start page.",
    code: "NOT_FOUND",
  });
}

function flowOf(id: string | undefined, exact = false): Flow {
  const flow = FLOWS.find((each) => each.id === id) ?? (exact ? undefined : FLOWS[0]);
  if (flow) return flow;
  throw new ErrorPage(404, {
    title: "No such flow",
    text: "Choose a flow on the start page.",
    code: "NOT_FOUND",
  });
}

function deviceRunOf(visitor: Visitor | undefined, id: string): Run {
  return orStartPage(visitor?.runs.all.find((run) => run.device && String(run.id) === id));
}
