import type { Hono } from "hono";
import { FormValues } from "../flows/form-values.ts";
import { flowOf, targetOf, type Workbench } from "./workbench.ts";

/** Serves the button that removes the fault from a flow's form, and keeps the rest of the form. */
export function serveFaultRemoval(app: Hono, workbench: Workbench): void {
  app.post("/remove-fault/:provider/:flow", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    form.delete("fault");
    const visitor = workbench.visitors.find(c);
    const target = targetOf(workbench, visitor, c.req.param("provider"), true);
    const flow = flowOf(target, c.req.param("flow"), true);
    const run = visitor?.runs.newestOf(target, flow);
    if (run) run.form = new FormValues(form);
    return c.redirect(`/?provider=${target.id}&flow=${flow.id}#request`, 303);
  });
}
