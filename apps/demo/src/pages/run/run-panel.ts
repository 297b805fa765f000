import { html } from "hono/html";
import type { Outcome } from "../../flows/flow.ts";
import { runHeading } from "../../runs/run-heading.ts";
import type { Run } from "../../runs/run.ts";
import { devicePanel } from "../device.ts";
import type { Piece } from "../layout.ts";
import { providerMark } from "../provider-mark.ts";
import { codePanel } from "./code-panel.ts";
import { errorPanel } from "./error-panel.ts";
import { jwtPanel } from "./jwt-panel.ts";
import { oauth1TokenPanel } from "./oauth1-token-panel.ts";
import { outcomePanel } from "./outcome-panel.ts";
import { sequenceDiagram } from "./sequence-diagram.ts";
import { timeline } from "./timeline.ts";
import { tokenPanel } from "./token-panel.ts";

/** Renders a run: what came of it, and how. */
export function runPanel(run: Run, openExchange?: number): Piece {
  const { outcome, target, flow } = run;
  return html`<article class="run ${stateOf(run)}">
    <header class="run-head">
      <h2 id="result" tabindex="-1">${runHeading(run)}</h2>
      <p class="hint">${providerMark(target)} ${target.title}: ${flow.title}</p>
    </header>
    ${outcome?.text ? html`<p>${outcome.text}</p>` : ""} ${errorPanel(run)} ${devicePanel(run)}
    ${outcome?.link ? linkTo(outcome.link) : ""}
    ${outcome?.token ? tokenPanel(outcome.token, run) : ""}
    ${outcome?.oauth1Token ? oauth1TokenPanel(outcome.oauth1Token) : ""}
    ${outcome?.table ? [outcomePanel(outcome), jwtPanel(run)] : [jwtPanel(run), outcome ? outcomePanel(outcome) : ""]}
    <section>
      <h3>On the wire</h3>
      ${sequenceDiagram(run)} ${timeline(run, openExchange)}
    </section>
    ${codePanel(run)}
  </article>`;
}

function linkTo({ url, label }: NonNullable<Outcome["link"]>): Piece {
  return html`<p>
    <a class="button" href="${url}" target="_blank" rel="noopener noreferrer">${label}</a>, in
    another tab.
  </p>`;
}

/** Whether a run went well, for the style sheet. */
export function stateOf({ outcome, error }: Run): "good" | "bad" | "waiting" {
  if (error) return "bad";
  return outcome ? "good" : "waiting";
}
