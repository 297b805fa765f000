import { html } from "hono/html";
import { maskBaseString } from "../../exchanges/masking.ts";
import { explanationOf } from "../../runs/error-explanations.ts";
import type { RunError } from "../../runs/run-error.ts";
import type { Run } from "../../runs/run.ts";
import { failedExchange, nameOf, sdkActions } from "../../runs/sdk-actions.ts";
import type { Piece } from "../layout.ts";
import { jsonBlock, secretBlock } from "../secret.ts";
import { nextStep } from "./next-step.ts";
import { waitingPanel } from "./waiting-panel.ts";

/** Renders why a run failed, or what its fault did; nothing for a run that went as it should. */
export function errorPanel(run: Run): Piece | "" {
  const { error, fault, isWaiting, target } = run;
  if (isWaiting) return waitingPanel(run);
  if (!error && !fault) return "";
  return html`<section class="explanation ${error ? "failure" : ""}" aria-label="Explanation">
    ${error ? happened(run, error) : ""}
    ${fault ? html`<p><strong>The fault that you chose:</strong> ${fault.effect}</p>` : ""}
    ${actionList(sdkActions(run))}
    ${error ? [nextStep(fault?.remedy ?? explanationOf(error, target)?.next), appError(error)] : ""}
  </section>`;
}

function actionList(actions: readonly string[]): Piece | "" {
  return actions.length === 0
    ? ""
    : html`<h3>What the SDK did</h3>
        <ul>
          ${actions.map((action) => html`<li>${action}</li>`)}
        </ul>`;
}

function happened(run: Run, error: RunError): Piece {
  const explanation = explanationOf(error, run.target);
  return html`${explanation ? html`<p>${explanation.happened}</p>` : ""} ${where(run)}`;
}

/** Says which exchange failed. */
function where(run: Run): Piece | "" {
  const exchange = failedExchange(run);
  if (!exchange) return "";
  const { status, failure } = exchange;
  const number = run.exchanges.indexOf(exchange) + 1;
  const answer = status ?? failure;
  return html`<p>
    <strong>Where:</strong>
    <a href="/?run=${run.id}&exchange=${number}#exchange-${number}"
      >exchange ${number} of ${run.exchanges.length}</a
    >,
    <code>${nameOf(exchange)}</code>${answer === undefined ? "" : html`: <code>${answer}</code>`}.
  </p>`;
}

function appError({ name, code, message, retryable, data, baseString, fields }: RunError): Piece {
  return html`<h3>The error that an app gets</h3>
    <p class="error-code">
      <code>${code}</code> <span class="hint">${name}${retryableWord(retryable)}</span>
    </p>
    <p class="message">${message}</p>
    ${
      data === undefined || data === ""
        ? ""
        : html`<p>The API's answer:</p>
            ${jsonBlock(data)}`
    }
    ${
      baseString === undefined
        ? ""
        : html`<p>
              What the server signed (RFC 5849 §3.4.1). If yours is the same, the secret is wrong:
            </p>
            ${secretBlock(baseString, maskBaseString(baseString))}`
    }
    ${
      fields
        ? html`<details class="as-code">
            <summary>Copy the error as JSON</summary>
            <pre tabindex="0">${JSON.stringify(fields, null, 2)}</pre>
          </details>`
        : ""
    }`;
}

function retryableWord(retryable: boolean | undefined): string {
  if (retryable === undefined) return "";
  return retryable ? ", retryable: the same call may succeed later" : ", not retryable";
}
