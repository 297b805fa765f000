import { OAuthError } from "@grantkit/core";
import type { Context, Hono } from "hono";
import { ErrorPage } from "../error-page.ts";
import { callbackOutcome } from "../exchanges/callback-exchange.ts";
import { currentFlow } from "../exchanges/exchange-log.ts";
import { exportOf } from "../exchanges/run-export.ts";
import { FLOWS } from "../flows/all-flows.ts";
import type { Departure, Flow, Outcome } from "../flows/flow.ts";
import { FormValues } from "../flows/form-values.ts";
import { workbenchPage } from "../pages/workbench.ts";
import type { Target } from "../targets/target.ts";
import type { Visitor, Visitors } from "../visitors.ts";
import type { Run } from "./run.ts";

/** What the routes of the workbench share. */
export interface Workbench {
  readonly targets: readonly Target[];
  readonly visitors: Visitors;
  readonly publicUrl: string;
}

/** Serves the workbench: the form of each flow, its run, and its callback. */
export function serveRuns(app: Hono, workbench: Workbench): void {
  const { visitors } = workbench;

  app.get("/", (c) => {
    const visitor = visitors.find(c);
    const wanted = Number(c.req.query("run"));
    const [newest] = visitor?.runs.all ?? [];
    const chosen = visitor?.runs.all.find(({ id }) => id === wanted);
    const target = targetOf(workbench, c.req.query("provider") ?? (chosen ?? newest)?.target.id);
    const flow = flowOf(c.req.query("flow") ?? (chosen ?? newest)?.flow.id);
    const selection = { targets: workbench.targets, visitor, target, flow };
    const exchange = Number(c.req.query("exchange"));
    return c.html(workbenchPage(selection, { run: chosen ?? newest, exchange }));
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
    return toResult(c, run);
  });

  app.get("/callback/:provider", async (c) => {
    const visitor = visitors.find(c);
    const target = targetOf(workbench, c.req.param("provider"), true);
    const url = new URL(c.req.url);
    const waiting = visitor?.runs.takeWaiting(url.searchParams.get("state") ?? "");
    if (!visitor || !waiting) {
      throw new OAuthError("STATE_MISMATCH", "This browser has no such sign-in.");
    }
    const { run, departure } = waiting;
    run.add({
      provider: { name: target.id, title: target.title },
      between: "browser → demo",
      method: "GET",
      url: `${workbench.publicUrl}${url.pathname}${url.search}`,
      ...callbackOutcome(url.searchParams),
    });
    // Before anything is awaited: an ID that was planted before the sign-in is worthless after it.
    visitors.setNewId(c, visitor);
    await attempt(run, visitor, () => departure.finish(url));
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

  app.post("/clear", (c) => {
    const visitor = visitors.find(c);
    visitor?.runs.clear();
    return c.redirect("/", 303);
  });
}

/** Runs a step of a flow, records its exchanges, and keeps what came of it. */
async function attempt(
  run: Run,
  visitor: Visitor,
  step: () => Promise<Outcome | Departure>,
): Promise<Outcome | Departure | undefined> {
  const { target } = run;
  const provider = { name: target.id, title: target.title };
  return currentFlow.run({ log: run, provider }, async () => {
    try {
      const result = await step();
      if ("url" in result) return result;
      run.succeed(result);
      if (result.token) visitor.tokens.set(target.id, { token: result.token });
      return result;
    } catch (error) {
      run.fail(error);
      return undefined;
    }
  });
}

function depart(c: Context, visitor: Visitor, run: Run, departure: Departure): Response {
  visitor.runs.addWaiting(run, departure);
  run.add({
    provider: { name: run.target.id, title: run.target.title },
    between: "browser → provider",
    method: "GET",
    url: departure.url,
  });
  return c.redirect(departure.url, 303);
}

function toResult(c: Context, { target, flow }: Run): Response {
  return c.redirect(`/?provider=${target.id}&flow=${flow.id}#result`, 303);
}

function targetOf({ targets }: Workbench, id: string | undefined, exact = false): Target {
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
