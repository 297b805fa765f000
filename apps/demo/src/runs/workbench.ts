import type { Context } from "hono";
import { ErrorPage } from "../error-page.ts";
import { FLOWS } from "../flows/all-flows.ts";
import type { Flow, Outcome } from "../flows/flow.ts";
import type { Target } from "../targets/target.ts";
import type { Visitor, Visitors } from "../visitors.ts";
import type { Run } from "./run.ts";

/** What the routes of the workbench share. */
export interface Workbench {
  readonly targets: readonly Target[];
  readonly visitors: Visitors;
  readonly publicUrl: string;
  /** Called with an error of a wait that no request is there for. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Keeps what came of a run, and its token. */
export function keep(run: Run, visitor: Visitor, outcome: Outcome): void {
  run.succeed(outcome);
  if (outcome.token) visitor.tokens.set(run.target.id, { token: outcome.token });
}

/** Redirects to the page that shows a run. */
export function toResult(c: Context, { target, flow }: Run): Response {
  return c.redirect(`/?provider=${target.id}&flow=${flow.id}#result`, 303);
}

/** The targets of a visitor: those that all have, and their own. */
export function targetsOf({ targets }: Workbench, visitor: Visitor | undefined): readonly Target[] {
  return visitor?.targets.among(targets) ?? targets;
}

/** Finds a target; unless it must be `exact`, the first one will do. */
export function targetOf(
  workbench: Workbench,
  visitor: Visitor | undefined,
  id: string | undefined,
  exact = false,
): Target {
  const targets = targetsOf(workbench, visitor);
  const target = targets.find((each) => each.id === id) ?? (exact ? undefined : targets[0]);
  if (target) return target;
  throw new ErrorPage(404, {
    title: "No such provider",
    text: "Choose a provider on the start page.",
    code: "NOT_FOUND",
  });
}

/** Finds a flow; unless it must be `exact`, the first one will do. */
export function flowOf(id: string | undefined, exact = false): Flow {
  const flow = FLOWS.find((each) => each.id === id) ?? (exact ? undefined : FLOWS[0]);
  if (flow) return flow;
  throw new ErrorPage(404, {
    title: "No such flow",
    text: "Choose a flow on the start page.",
    code: "NOT_FOUND",
  });
}
