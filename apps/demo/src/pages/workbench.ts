import { html } from "hono/html";
import type { Run } from "../runs/run.ts";
import { page, type Piece } from "./layout.ts";
import { requestPane, type Selection } from "./request-pane.ts";
import { resultPane, type Shown } from "./result-pane.ts";

const STYLES = ["workbench", "providers", "request", "result", "exchanges", "diagram", "jwt"];

/** Renders the workbench: a request, and what happened in one run. */
export function workbenchPage(selection: Selection, shown: Shown): Piece {
  return page(
    "Try a flow",
    html`<h1 class="visually-hidden">OAuth playground</h1>
      <div class="workbench ${shown.run ? "has-run" : ""}">
        ${requestPane(selection)} ${resultPane(selection.visitor?.runs, shown)}
      </div>`,
    {
      styles: STYLES,
      scripts: ["copy", "chips", "fault"],
      waits: shown.run && stateOf(shown.run),
    },
  );
}

/** What is known of a run that goes on without this browser, on another device or in another browser; undefined for others. */
function stateOf({ id, device, fault, isWaiting }: Run): string | undefined {
  const goesOn = isWaiting && (device !== undefined || fault?.elsewhere === true);
  return goesOn ? `${id}, ${device?.answers.length ?? 0} polls` : undefined;
}
