import { html } from "hono/html";
import type { ErrorText } from "../error-page.ts";
import { page, type Piece } from "./layout.ts";

/** What went wrong, and the way back. */
export function errorPage({ title, text, code }: ErrorText, exchanges: Piece | ""): Piece {
  return page(
    title,
    html`<section class="panel error">
        <h1>${title}</h1>
        <p>${text}</p>
        <p class="hint">Error code: <code>${code}</code></p>
        <a class="button primary" href="/">Start again</a>
      </section>
      ${exchanges}`,
  );
}
