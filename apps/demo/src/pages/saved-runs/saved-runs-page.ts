import { html } from "hono/html";
import { type SavedRun, SAVED_RUNS_PATH } from "../../saved-runs/saved-run.ts";
import { page, type Piece } from "../layout.ts";
import { savedRunPanel } from "./saved-run-panel.ts";

/** Renders the form for an export, and the runs of the one that was opened last. */
export function savedRunsPage(
  runs: readonly SavedRun[],
  shown: SavedRun | undefined,
  exchange: number,
): Piece {
  return page(
    "Runs of a file",
    html`<h1 class="${shown ? "visually-hidden" : ""}">Runs of a file</h1>
      ${shown ? savedRunPanel(shown, exchange) : ""}
      ${
        shown
          ? html`<section class="runs" aria-labelledby="runs-title">
              <h2 id="runs-title">All runs of the file</h2>
              <ol>
                ${runs.map(
                  (run) =>
                    html`<li>
                      <a
                        href="${SAVED_RUNS_PATH}?run=${run.id}#result"
                        ${run === shown ? html`aria-current="true"` : ""}
                        ><span class="dot ${run.error ? "bad" : "good"}" aria-hidden="true"></span>
                        <span class="what"
                          >${run.target.title}, ${run.flow.title}: ${run.heading}</span
                        ></a
                      >
                    </li>`,
                )}
              </ol>
            </section>`
          : ""
      }
      <section class="panel">
        <h2>Open an export</h2>
        <p class="hint">
          “Export without secrets” makes such a file. It is read here, shown, and sent nowhere.
        </p>
        <form
          method="post"
          action="${SAVED_RUNS_PATH}"
          enctype="multipart/form-data"
          class="open-file"
        >
          <label class="field"
            >File <input type="file" name="file" accept=".json,application/json" required
          /></label>
          <button class="primary">Open it</button>
        </form>
        <p><a href="/">Back to the playground</a></p>
      </section>`,
    { styles: ["panel", "result", "exchanges", "diagram"], scripts: ["copy"] },
  );
}
