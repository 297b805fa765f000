import type { Context, Hono } from "hono";
import { ErrorPage } from "../error-page.ts";
import { exportOf } from "../exchanges/run-export.ts";
import type { Departure } from "../flows/flow.ts";
import { FormValues } from "../flows/form-values.ts";
import { workbenchPage } from "../pages/workbench.ts";
import type { AnyTarget } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import { deviceRunOf, waitForDevice } from "./device-wait.ts";
import type { Run } from "./run.ts";
import { begin } from "./run-steps.ts";
import { flowOf, keep, targetOf, targetsOf, toResult, type Workbench } from "./workbench.ts";

/** Serves the workbench: the form of each flow, and its run. */
export function serveRuns(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;

  app.get("/", (c) => {
    const visitor = visitors.find(c);
    const wanted = Number(c.req.query("run"));
    const [newest] = visitor?.runs.all ?? [];
    const chosen = visitor?.runs.all.find(({ id }) => id === wanted);
    const target = targetOf(
      workbench,
      visitor,
      c.req.query("provider") ?? (chosen ?? newest)?.target.id,
    );
    const flow = flowOf(target, c.req.query("flow") ?? (chosen ?? newest)?.flow.id);
    const isOffline = c.req.query("offline") !== undefined && flow.id === "authorization-code";
    const selection = { targets: targetsOf(workbench, visitor), visitor, target, flow, isOffline };
    const exchange = Number(c.req.query("exchange"));
    return c.html(workbenchPage(selection, { run: chosen ?? newest, exchange }));
  });

  app.post("/run/:provider/:flow", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const visitor = visitors.findOrCreate(c);
    const target = targetOf(workbench, visitor, c.req.param("provider"), true);
    const flow = flowOf(target, c.req.param("flow"), true);
    const { id } = visitor;
    const run = visitor.runs.begin(target, flow, new FormValues(form));
    const result = await begin(run, visitor).catch((error: unknown) => run.fail(error));
    // Of the runs of one ID that end at the same time, one gets the new ID: whoever planted the old one sees no other.
    if (visitor.id !== id) {
      if (result && "device" in result) result.device.stop();
      throw ID_CHANGED;
    }
    visitor.runs.add(run);
    if (result && "url" in result) return depart(c, visitor, run, result);
    if (flow.group === "Get a token") visitors.setNewId(c, visitor);
    if (result && "device" in result) waitForDevice(workbench, visitor, run, result);
    else if (result) keep(run, visitor, result);
    return toResult(c, run);
  });

  app.post("/search", async (c) => {
    const visitor = visitors.find(c);
    const { text } = await c.req.parseBody();
    // Not in the URL, which browsers write to their history: it may be a token.
    if (visitor && typeof text === "string") visitor.runs.search = text.trim();
    return c.redirect("/#runs", 303);
  });

  app.get("/export.json", (c) => {
    c.header("Content-Disposition", 'attachment; filename="grantkit-playground.json"');
    return c.json(exportOf(visitors.find(c)?.runs.all ?? []));
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

  app.post("/clear", (c) => forget(c));

  app.post("/forget/:provider", (c) =>
    forget(c, targetOf(workbench, visitors.find(c), c.req.param("provider"), true)),
  );

  /** Forgets the runs and the token of a target, or of all. */
  function forget(c: Context, target?: AnyTarget): Response {
    const visitor = visitors.find(c);
    if (visitor) {
      visitor.runs.clear(target);
      if (!target) delete visitor.savedRuns;
      for (const held of [visitor.tokens, visitor.oauth1Tokens, visitor.pins]) {
        if (target) held.delete(target.id);
        else held.clear();
      }
      visitors.setNewId(c, visitor);
    }
    // Otherwise the browser's Back button shows the results again, from its memory.
    c.header("Clear-Site-Data", '"cache"');
    return c.redirect(target ? `/?provider=${target.id}` : "/", 303);
  }
}

const ID_CHANGED = new ErrorPage(409, {
  title: "Your session changed meanwhile",
  text: "A sign-in in another tab gave this browser's session a new ID while the run was under way, so its result was dropped. Send it again.",
  code: "SESSION_CHANGED",
});

function depart(c: Context, visitor: Visitor, run: Run, departure: Departure): Response {
  const url = departureUrl(run, departure);
  visitor.runs.addWaiting(run, departure);
  run.add({
    provider: { name: run.target.id, title: run.target.title },
    between: "browser → provider",
    method: "GET",
    url,
  });
  return run.isLedByPage ? toResult(c, run) : c.redirect(url, 303);
}

function departureUrl({ fault }: Run, { url }: Departure): string {
  if (!fault?.departure) return url;
  const changed = new URL(url);
  fault.departure(changed);
  return changed.href;
}
