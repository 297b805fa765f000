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
      scripts: ["copy", "chips"],
      waits: shown.run?.isWaiting === true && waitsForOthers(shown.run),
    },
  );
}

/** Whether it goes on without this browser: on another device, or in another browser. */
function waitsForOthers({ device, fault }: Run): boolean {
  return device !== undefined || fault?.elsewhere === true;
}
