import { html } from "hono/html";
import type { Run } from "../../runs/run.ts";
import type { Piece } from "../layout.ts";

/** Renders the run as Grantkit code. */
export function codePanel({ flow, target, values }: Run): Piece {
  return html`<details class="as-code">
    <summary>Copy as Grantkit code</summary>
    <pre tabindex="0">${flow.code(target, values)}</pre>
  </details>`;
}
