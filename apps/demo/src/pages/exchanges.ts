import { html } from "hono/html";
import type { Exchange, ExchangeLog } from "../exchanges/exchange-log.ts";
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
              ${exchanges.map((exchange, index) => exchangeItem(exchange, index === exchanges.length - 1))}
            </ol>`
    }
  </section>`;
}

export function exchangeItem(exchange: Exchange, newest: boolean): Piece {
  const { provider, begins, between, method, url, milliseconds } = exchange;
  const [location = "", query] = url.split("?", 2);
  const { host, pathname } = new URL(location);
  return html`<li>
    ${begins === undefined ? "" : html`<p class="begins">${begins}</p>`}
    <details>
      <summary>
        <span class="method">${method}</span>
        <span class="where">
          <span class="between"
            ><span class="badge ${provider.name}">${provider.title}</span> ${between} at ${host}
            ${newest ? html`<span class="newest">newest</span>` : ""}</span
          >
          <span class="url">${breakable(pathname)}</span>
        </span>
        ${statusOf(exchange)}
        <span class="time">${milliseconds === undefined ? "" : `${milliseconds} ms`}</span>
      </summary>
      ${part("Query", query?.split("&").join("\n"))}
      ${part("Request headers", lines(exchange.requestHeaders))}
      ${part("Request body", exchange.requestBody?.split("&").join("\n"))}
      ${part("Response headers", lines(exchange.responseHeaders))}
      ${part("Response body", exchange.responseBody)}
    </details>
  </li>`;
}

/** Renders how an exchange ended. The demo does not see how the browser's request to the provider ends. */
function statusOf({ status, failure, outcome }: Exchange): Piece {
  if (status !== undefined) {
    return html`<span class="status ${status >= 400 ? "bad" : "good"}">${status}</span>`;
  }
  const word = failure ?? outcome;
  return word === undefined
    ? html`<span></span>`
    : html`<span class="status word ${failure === undefined ? "good" : "bad"}">${word}</span>`;
}

/** Renders a path that breaks after slashes, and inside a name only if that is wider than the line. */
function breakable(pathname: string): Piece {
  const [first = "", ...rest] = pathname.split("/");
  return html`${first}${rest.map((name) => html`/<wbr />${name}`)}`;
}

function part(title: string, text: string | undefined): Piece | "" {
  if (!text) return "";
  return html`<h3>${title}</h3>
    <pre tabindex="0">${text}</pre>`;
}

function lines(headers: Readonly<Record<string, string>> = {}): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
