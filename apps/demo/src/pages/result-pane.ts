import { html } from "hono/html";
import type { Run } from "../runs/run.ts";
import type { Runs } from "../runs/runs.ts";
import type { Piece } from "./layout.ts";
import { runList } from "./run/run-list.ts";
import { runPanel } from "./run/run-panel.ts";

/** What of the runs is shown. */
export interface Shown {
  readonly run: Run | undefined;
  /** The number of the exchange that is open. */
  readonly exchange: number;
}

/** Renders what happened: one run, and the list of all. */
export function resultPane(runs: Runs | undefined, { run, exchange }: Shown): Piece {
  if (!runs || !run) {
    return html`<section class="result empty" aria-label="Result">
      <p>Nothing has happened yet.</p>
      <p class="hint">
        Choose a provider and a flow, and send the request: what goes over the wire appears here,
        line by line. Emulators and the local server need no account: Ada signs in. All of it stays
        on this machine and in memory.
      </p>
      <p class="hint"><a href="/saved-runs">Open an export</a> of runs, yours or somebody's.</p>
    </section>`;
  }
  return html`<section class="result" aria-label="Result">
    <a class="to-request" href="#request">To the request</a>
    ${runPanel(run, exchange)} ${runList(runs, run)}
  </section>`;
}
