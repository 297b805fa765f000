import { html } from "hono/html";
import type { Run } from "../../runs/run.ts";
import { runHeading } from "../../runs/run-heading.ts";
import type { Runs } from "../../runs/runs.ts";
import { button, type Piece } from "../layout.ts";
import { providerMark } from "../provider-mark.ts";
import { stateOf } from "./run-panel.ts";

/** Renders the list of runs, newest first, which can be searched, exported and cleared. */
export function runList(runs: Runs, shown: Run): Piece {
  const { found, search } = runs;
  return html`<section class="runs" id="runs" aria-labelledby="runs-title">
    <h2 id="runs-title">All runs</h2>
    <form class="search" method="post" action="/search" role="search">
      <input
        type="search"
        name="text"
        value="${search}"
        aria-label="Search the runs"
        placeholder="In addresses, parameters and bodies"
        autocomplete="off"
      />
      <button>Search</button>
    </form>
    ${search === "" ? "" : html`<p class="hint" role="status">${found.length} of ${runs.all.length} have “${search}”.</p>`}
    <ol>
      ${found.map(
        (run) =>
          html`<li>
            <a href="/?run=${run.id}#result" ${run === shown ? html`aria-current="true"` : ""}
              ><span class="dot ${stateOf(run)}" aria-hidden="true"></span>
              ${providerMark(run.target)}
              <span class="what">${run.flow.title}: ${runHeading(run)}</span></a
            >
          </li>`,
      )}
    </ol>
    <div class="run-actions">
      <a class="button" href="/export.json" download>Export without secrets</a>
      <a class="button" href="/saved-runs">Open an export</a>
      ${button(`/forget/${shown.target.id}`, `Forget ${shown.target.title}`, { kind: "quiet" })}
      ${button("/clear", "Forget everything", { kind: "quiet" })}
    </div>
  </section>`;
}
