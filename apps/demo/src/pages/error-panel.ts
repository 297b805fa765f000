import { html } from "hono/html";
import { apiExplanation, type Explanation, explanationOf } from "../runs/error-explanations.ts";
import type { RunError } from "../runs/run-error.ts";
import type { Run } from "../runs/run.ts";
import { failedExchange, nameOf, sdkActions } from "../runs/sdk-actions.ts";
import type { Piece } from "./layout.ts";

/** Renders why a run failed, or what its fault did; nothing for a run that went as it should. */
export function errorPanel(run: Run): Piece | "" {
  const { error, fault, isWaiting } = run;
  if (isWaiting) return fault?.stranded === undefined ? "" : strandedPanel(run, fault.stranded);
  if (!error && !fault) return "";
  const actions = sdkActions(run);
  return html`<section class="panel explanation" aria-label="Explanation">
    ${error ? happened(run, error) : ""}
    ${fault ? html`<p><strong>The fault:</strong> ${fault.effect}</p>` : ""}
    ${
      actions.length === 0
        ? ""
        : html`<h4>What the SDK did</h4>
            <ul>
              ${actions.map((action) => html`<li>${action}</li>`)}
            </ul>`
    }
    ${error ? [nextStep(run, error), appError(error)] : ""}
  </section>`;
}

function strandedPanel({ fault, target }: Run, stranded: string): Piece {
  return html`<section class="panel explanation" aria-label="Explanation">
    <p>If ${target.title} showed an error and no way back, this is why:</p>
    <p><strong>The fault:</strong> ${fault?.effect}</p>
    <p>${stranded}</p>
    <h4>What to do next</h4>
    <p>${fault?.remedy}</p>
  </section>`;
}

function happened(run: Run, error: RunError): Piece {
  const explanation = explain(error);
  return html`<h3>${explanation?.title ?? "It did not work"}</h3>
    <p>${explanation?.happened}</p>
    ${where(run)}`;
}

function explain({ code, fields }: RunError): Explanation | undefined {
  const status = fields?.["status"];
  if (code === "API error" && typeof status === "number") return apiExplanation(status);
  return explanationOf(code);
}

/** Says which exchange failed. */
function where(run: Run): Piece | "" {
  const exchange = failedExchange(run);
  if (!exchange) return "";
  const { status, failure } = exchange;
  const number = run.exchanges.indexOf(exchange) + 1;
  const answer = status ?? failure;
  return html`<p>
    <strong>Where:</strong> exchange ${number} of ${run.exchanges.length},
    <code>${nameOf(exchange)}</code>${answer === undefined ? "" : html`: <code>${answer}</code>`}.
  </p>`;
}

function nextStep({ fault }: Run, error: RunError): Piece | "" {
  const next = fault?.remedy ?? explain(error)?.next;
  return next === undefined
    ? ""
    : html`<h4>What to do next</h4>
        <p>${next}</p>`;
}

function appError({ name, code, message, retryable, data, fields }: RunError): Piece {
  return html`<h4>The error that an app gets</h4>
    <p class="error-code">
      <code>${code}</code> <span class="hint">${name}${retryableWord(retryable)}</span>
    </p>
    <p class="message">${message}</p>
    ${
      data === undefined
        ? ""
        : html`<details>
            <summary>The API's answer</summary>
            <pre tabindex="0">
${typeof data === "string" ? data : JSON.stringify(data, null, 2)}</pre>
          </details>`
    }
    ${
      fields
        ? html`<details class="error-json">
            <summary>As JSON, for a log</summary>
            <pre tabindex="0">${JSON.stringify(fields, null, 2)}</pre>
          </details>`
        : ""
    }`;
}

function retryableWord(retryable: boolean | undefined): string {
  if (retryable === undefined) return "";
  return retryable ? ", retryable: the same call may succeed later" : ", not retryable";
}
