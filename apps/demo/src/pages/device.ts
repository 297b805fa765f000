import { html, raw } from "hono/html";
import { renderSVG } from "uqr";
import type { Run } from "../runs/run.ts";
import { button, type Piece } from "./layout.ts";

/** Renders what a device would show: the address, the code, and the polls so far. */
export function devicePanel({ id, device, isWaiting }: Run): Piece | "" {
  if (!device) return "";
  const { verificationUri, verificationUriComplete, userCode, expiresAt } = device.device;
  return html`<section class="device">
    <p>
      Open <a href="${verificationUri}" target="_blank" rel="noreferrer">${verificationUri}</a> on
      another device, and enter the code:
    </p>
    <p class="user-code"><code>${userCode}</code></p>
    <figure class="qr" role="img" aria-label="QR code of the address">
      ${raw(renderSVG(verificationUriComplete ?? verificationUri, { border: 2 }))}
    </figure>
    <p class="hint">
      ${
        verificationUriComplete
          ? html`The QR code has
              <a href="${verificationUriComplete}" target="_blank" rel="noreferrer"
                >the address with the code</a
              >
              (RFC 8628 §3.3.1).`
          : "The QR code has the address alone: this provider has none with the code in it."
      }
      The code expires
      <time datetime="${expiresAt.toISOString()}" data-countdown>${expiresAt.toISOString()}</time>.
    </p>
    <h3>Polls</h3>
    <ol class="answers">
      ${device.answers.map(
        ({ reason, interval }) =>
          html`<li><code>${reason}</code>: the next one after ${interval} s</li>`,
      )}
    </ol>
    ${device.answers.length === 0 ? html`<p class="hint">None yet.</p>` : ""}
    ${
      isWaiting
        ? html`${button(`/device/${id}/poll`, "Poll now, which is too early")}
          ${button(`/device/${id}/stop`, "Stop", { kind: "quiet" })}`
        : ""
    }
  </section>`;
}
