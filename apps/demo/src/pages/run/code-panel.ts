import { html } from "hono/html";
import { ErrorPage } from "../../error-page.ts";
import type { Run } from "../../runs/run.ts";
import type { Piece } from "../layout.ts";

/** Renders the run as Grantkit code. */
export function codePanel(run: Run): Piece {
  return html`<details class="as-code">
    <summary>Copy as Grantkit code</summary>
    <pre tabindex="0">${codeOf(run)}</pre>
  </details>`;
}

function codeOf({ flow, target, values }: Run): string {
  try {
    return flow.code(target, values);
  } catch (error) {
    if (!(error instanceof ErrorPage)) throw error;
    return `// ${error.content.text}`;
  }
}
