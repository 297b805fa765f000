import { html } from "hono/html";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/runs.ts";
import type { Piece } from "./layout.ts";
import { runList } from "./run/run-list.ts";
import { runPanel } from "./run/run-panel.ts";

/** Renders what happened: one run, and the list of all. */
export function resultPane(runs: Runs | undefined, shown: Run | undefined): Piece {
  if (!runs || !shown) {
    return html`<section class="result empty" aria-label="Result">
      <p>Nothing has happened yet.</p>
      <p class="hint">
        Send the request: what goes over the wire appears here, line by line. It stays on this
        machine and in memory.
      </p>
    </section>`;
  }
  return html`<section class="result" aria-label="Result">
    <a class="to-request" href="#request">To the request</a>
    ${runPanel(shown)} ${runList(runs, shown)}
  </section>`;
}
