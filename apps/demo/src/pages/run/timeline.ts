import { html } from "hono/html";
import type { Run } from "../../runs/run.ts";
import { exchangeItem } from "../exchange/exchange-item.ts";
import type { Piece } from "../layout.ts";

const MOST_EXCHANGES = 30;

/** Renders the exchanges of a run in the order in which they happened. */
export function timeline({ exchanges }: Run): Piece {
  if (exchanges.length === 0) return html`<p class="hint">Nothing went over the wire.</p>`;
  const more = exchanges.length - MOST_EXCHANGES;
  return html`<ol class="exchanges">
      ${exchanges.slice(0, MOST_EXCHANGES).map((exchange, index) => exchangeItem(exchange, index + 1))}
    </ol>
    ${more > 0 ? html`<p class="hint">… and ${more} more: the export has them all.</p>` : ""}`;
}
