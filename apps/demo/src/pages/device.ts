import type { DeviceAuthorization } from "@grantkit/core";
import { html, raw } from "hono/html";
import { renderSVG } from "uqr";
import type { Run } from "../runs/run.ts";
import { button, type Piece } from "./layout.ts";

/** Renders what a device would show until the user has decided, and the polls so far. */
export function devicePanel({ id, device, isWaiting }: Run): Piece | "" {
  if (!device) return "";
  const { answers } = device;
  return html`<section class="device">
    ${isWaiting ? codePanel(device.device) : ""}
    <h3>Polls</h3>
    ${
      answers.length === 0
        ? html`<p class="hint">None yet.</p>`
        : html`<ol class="answers">
            ${answers.map(
              ({ reason, interval }) =>
                html`<li><code>${reason}</code>: the next one after ${interval} s</li>`,
            )}
          </ol>`
    }
    ${
      isWaiting
        ? html`${button(`/device/${id}/poll`, "Poll now, which is too early")}
          ${button(`/device/${id}/stop`, "Stop", { kind: "quiet" })}`
        : ""
    }
  </section>`;
}

function codePanel(device: DeviceAuthorization): Piece {
  const { verificationUri, verificationUriComplete: complete, userCode, expiresAt } = device;
  return html`<p>Open ${outside(verificationUri)} on another device, and enter the code:</p>
    <p class="user-code"><code>${userCode}</code></p>
    <figure class="qr" role="img" aria-label="QR code of the address">
      ${raw(renderSVG(complete ?? verificationUri, { border: 2 }))}
    </figure>
    <p class="hint">
      ${
        complete
          ? html`The QR code has ${outside(complete, "the address with the code")} (RFC 8628
            §3.3.1).`
          : "The QR code has the address alone: this provider has none with the code in it."
      }
      The code expires
      <time datetime="${expiresAt.toISOString()}" data-countdown>${expiresAt.toISOString()}</time>.
    </p>`;
}

function outside(url: string, text = url): Piece {
  return html`<a href="${url}" target="_blank" rel="noreferrer">${text}</a>`;
}
