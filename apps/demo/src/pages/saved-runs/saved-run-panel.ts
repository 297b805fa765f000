import { html } from "hono/html";
import { explanationOf } from "../../runs/error-explanations.ts";
import type { RunError } from "../../runs/run-error.ts";
import { type SavedRun, SAVED_RUNS_PATH } from "../../saved-runs/saved-run.ts";
import { fact, type Piece } from "../layout.ts";
import { sequenceDiagram } from "../run/sequence-diagram.ts";
import { timeline } from "../run/timeline.ts";

/** Renders a run of a file: what the page of the run showed, without secrets and without anything to press. */
export function savedRunPanel(run: SavedRun, openExchange: number): Piece {
  const { target, flow, heading, outcome, error, fault } = run;
  return html`<article class="run ${error ? "bad" : "good"}">
    <header class="run-head">
      <h2 id="result" tabindex="-1">${heading}</h2>
      <p class="hint">
        ${target.title}: ${flow.title}. Read from a file: the secrets are not in it.
      </p>
    </header>
    ${outcome?.text === undefined ? "" : html`<p>${outcome.text}</p>`}
    ${error ? explained(error, target) : ""}
    ${fault === undefined ? "" : html`<p><strong>The fault that was chosen:</strong> ${fault}</p>`}
    ${typedIn(run)} ${outcome?.data === undefined ? "" : dataOf("What it returned", outcome.data)}
    ${error?.data === undefined ? "" : dataOf("The API's answer", error.data)}
    <section>
      <h3>On the wire</h3>
      ${sequenceDiagram(run)} ${timeline(run, openExchange, SAVED_RUNS_PATH)}
    </section>
  </article>`;
}

function explained(error: RunError, target: SavedRun["target"]): Piece {
  const { happened, next } = explanationOf(error, target) ?? {};
  return html`<section class="explanation failure" aria-label="Explanation">
    ${happened === undefined ? "" : html`<p>${happened}</p>`}
    ${next === undefined ? "" : html`<p><strong>What to do next:</strong> ${next}</p>`}
    <p class="error-code"><code>${error.code}</code> <span class="hint">${error.name}</span></p>
    <p class="message">${error.message}</p>
  </section>`;
}

function typedIn({ values }: SavedRun): Piece | "" {
  const filled = Object.entries(values).filter(([name]) => name !== "fault");
  return filled.length === 0
    ? ""
    : html`<section>
        <h3>What was typed in</h3>
        <dl class="facts">
          ${filled.map(([name, value]) => fact(name, html`<code>${value}</code>`))}
        </dl>
      </section>`;
}

function dataOf(title: string, data: unknown): Piece {
  return html`<section>
    <h3>${title}</h3>
    <pre tabindex="0">${JSON.stringify(data, null, 2)}</pre>
  </section>`;
}
