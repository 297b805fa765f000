import { html } from "hono/html";
import type { Exchange, ExchangeLog } from "../exchanges/exchange-log.ts";
import { exchangeItem } from "./exchange/exchange-item.ts";
import { button, type Piece } from "./layout.ts";

/** The pages that list the exchanges of one provider. */
export const PROVIDER_PAGES = ["account", "app", "device", "pin"] as const;

/** The page that a list of exchanges is on. */
interface ProviderPage {
  readonly provider: string;
  readonly page: (typeof PROVIDER_PAGES)[number];
}

/** Renders the exchanges, oldest first: those of the page's provider, or all, and then one that is not in the log. */
export function exchangesPanel(log: ExchangeLog, on?: ProviderPage, unlogged?: Exchange): Piece {
  const exchanges = [...log.of(on?.provider), ...(unlogged ? [unlogged] : [])];
  return html`<section class="panel exchanges" aria-labelledby="exchanges-title">
    <div class="panel-head">
      <h2 id="exchanges-title">On the wire</h2>
      ${exchanges.length > 0 ? button("/exchanges/clear", "Clear", { kind: "quiet", fields: { ...on } }) : ""}
    </div>
    ${
      exchanges.length === 0
        ? html`<p class="hint">Nothing yet.</p>`
        : html`<p class="hint">Oldest first. Open an exchange to read its headers and bodies.</p>
            <ol>
              ${exchanges.map((exchange, index) => exchangeItem(exchange, index + 1))}
            </ol>`
    }
  </section>`;
}
