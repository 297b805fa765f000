import { html } from "hono/html";
import type { RunError } from "../../runs/run-error.ts";
import type { Piece } from "../layout.ts";
import { jsonBlock } from "../secret.ts";

/** Renders the error that an app gets. */
export function errorPanel({ code, message, data }: RunError): Piece {
  return html`<div class="failure">
    <p><code>${code}</code></p>
    <p>${message}</p>
    ${data === undefined ? "" : jsonBlock(data)}
  </div>`;
}
