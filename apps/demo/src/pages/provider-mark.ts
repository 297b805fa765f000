import { html } from "hono/html";
import type { Piece } from "./layout.ts";

/** Providers whose own mark is in assets/marks, and whose rules for sign-in buttons the style sheet follows. */
const MARKED: ReadonlySet<string> = new Set(["google", "github", "facebook", "microsoft"]);

/** Whether the provider has a mark and rules for sign-in buttons of its own. */
export function hasOwnMark(id: string): boolean {
  return MARKED.has(id);
}

/** Renders the provider's mark, or its first letter. The name stands beside it, so it has no text of its own. */
export function providerMark({
  id,
  mark = id,
  title,
}: {
  readonly id: string;
  readonly mark?: string;
  readonly title: string;
}): Piece {
  return hasOwnMark(mark)
    ? html`<span class="mark mark-${mark}" aria-hidden="true"></span>`
    : html`<span class="mark letter" aria-hidden="true">${title.slice(0, 1)}</span>`;
}
