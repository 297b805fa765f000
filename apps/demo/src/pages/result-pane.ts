import { html } from "hono/html";
import { ErrorPage } from "../error-page.ts";
import type { Flow } from "../flows/flow.ts";
import type { Run } from "../runs/run.ts";
import type { Target } from "../targets/target.ts";
import { devicePanel } from "./device.ts";
import { exchangeItem } from "./exchanges.ts";
import type { Piece } from "./layout.ts";
import { tokenPanel } from "./token.ts";

/** Renders what happened: the newest run open, the earlier ones folded. */
export function resultPane(runs: readonly Run[]): Piece {
  const [newest, ...earlier] = runs;
  if (!newest) {
    return html`<section class="result" aria-label="Result">
      <p class="hint">Nothing yet: send the request.</p>
    </section>`;
  }
  return html`<section class="result" aria-label="Result">
    ${runPanel(newest, true)}
    ${earlier.map(
      (run) =>
        html`<details class="earlier">
          <summary>${headingOf(run)}</summary>
          ${runPanel(run, false)}
        </details>`,
    )}
  </section>`;
}

function runPanel(run: Run, isNewest: boolean): Piece {
  const { outcome, error, target, flow, exchanges } = run;
  return html`<article class="run ${error ? "bad" : ""}">
    ${
      isNewest
        ? html`<h2 id="result" tabindex="-1">${headingOf(run)}</h2>`
        : html`<h3>${headingOf(run)}</h3>`
    }
    <p class="hint">${target.title}: ${flow.title}</p>
    ${outcome?.text ? html`<p>${outcome.text}</p>` : ""}
    ${
      error
        ? html`<p><code>${error.code}</code></p>
            <p>${error.message}</p>`
        : ""
    }
    ${devicePanel(run)} ${outcome?.token ? tokenPanel(outcome.token) : ""}
    ${outcome?.data === undefined ? "" : html`<pre tabindex="0">${JSON.stringify(outcome.data, null, 2)}</pre>`}
    <h3>On the wire</h3>
    <ol class="exchanges">
      ${exchanges.map((exchange) => exchangeItem(exchange, false))}
    </ol>
    <details class="code">
      <summary>This as Grantkit code</summary>
      <pre tabindex="0">${codeOf(flow, target, run)}</pre>
    </details>
  </article>`;
}

function codeOf(flow: Flow, target: Target, run: Run): string {
  try {
    return flow.code(target, run.values);
  } catch (error) {
    if (!(error instanceof ErrorPage)) throw error;
    return `// ${error.content.text}`;
  }
}

function headingOf({ outcome, error, target, device }: Run): string {
  if (outcome) return outcome.title;
  if (device && !error) return "Waiting for you on another device";
  return error ? "It failed" : `Waiting for you at ${target.title}`;
}
