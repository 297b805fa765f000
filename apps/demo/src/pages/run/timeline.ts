import { html } from "hono/html";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import type { Run } from "../../runs/run.ts";
import { failedExchange } from "../../runs/sdk-actions.ts";
import { exchangeDetails } from "../exchange/exchange-details.ts";
import { exchangeItem } from "../exchange/exchange-item.ts";
import type { Piece } from "../layout.ts";

const MOST_LINES = 60;
/** Characters of details on one page, which keep it small; what is over leads to a page of its own. */
const DETAILS = 30_000;

/** Renders the exchanges of a run in the order in which they happened, one of them open. */
export function timeline(
  run: Pick<Run, "id" | "error"> & {
    readonly exchanges: readonly Exchange[];
  },
  open?: number,
  page = "/",
): Piece {
  const { id, exchanges } = run;
  if (exchanges.length === 0) return html`<p class="hint">Nothing went over the wire.</p>`;
  const more = exchanges.length - MOST_LINES;
  const failed = failedExchange(run);
  const chosen = exchanges[(open ?? 0) - 1];
  let used = chosen ? sizeOf(chosen) : 0;
  return html`<ol class="exchanges">
      ${exchanges.slice(0, MOST_LINES).map((exchange, index) => {
        const number = index + 1;
        const isFailed = exchange === failed;
        if (exchange === chosen) return exchangeItem(exchange, number, { isFailed, isOpen: true });
        used += sizeOf(exchange);
        const href = `${page}?run=${id}&exchange=${number}#exchange-${number}`;
        return exchangeItem(exchange, number, {
          isFailed,
          href: used > DETAILS ? href : undefined,
        });
      })}
    </ol>
    ${more > 0 ? html`<p class="hint">… and ${more} more: the export has them all.</p>` : ""}`;
}

/** Characters of an exchange's details; they have nothing that is awaited, and so are text. */
function sizeOf(exchange: Exchange): number {
  const details = exchangeDetails(exchange);
  return details instanceof Promise ? 0 : details.length;
}
