import { html } from "hono/html";
import { page, type Piece } from "./layout.ts";
import { requestPane, type Selection } from "./request-pane.ts";
import { resultPane } from "./result-pane.ts";

/** Renders the workbench: a request, and what happened. */
export function workbenchPage(selection: Selection): Piece {
  const [newest] = selection.visitor?.runs.all ?? [];
  return page(
    "Try a flow",
    html`<h1 class="visually-hidden">OAuth playground</h1>
      <div class="workbench">
        ${requestPane(selection)} ${resultPane(selection.visitor?.runs.all ?? [])}
      </div>`,
    { waits: newest?.device !== undefined && newest.isWaiting },
  );
}
