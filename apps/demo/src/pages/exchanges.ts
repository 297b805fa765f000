import { html } from "hono/html";
import type { Exchange } from "../exchange-log.ts";
import { button, type Piece } from "./layout.ts";

/** The HTTP exchanges of a flow, in order, each to be opened; `account` is the page that it stands on, if any. */
export function exchangesPanel(exchanges: readonly Exchange[], account = ""): Piece {
  return html`<section class="panel exchanges" aria-labelledby="exchanges-title">
    <div class="panel-head">
      <h2 id="exchanges-title">On the wire</h2>
      ${exchanges.length > 0 ? button("/exchanges/clear", "Clear", { kind: "quiet", fields: { account } }) : ""}
    </div>
    ${
      exchanges.length === 0
        ? html`<p class="hint">Nothing yet.</p>`
        : html`<ol>
            ${exchanges.map(exchangeItem)}
          </ol>`
    }
  </section>`;
}

function exchangeItem(exchange: Exchange): Piece {
  const { between, method, url, status, failure, milliseconds } = exchange;
  const [location = "", query] = url.split("?", 2);
  const { host, pathname } = new URL(location);
  return html`<li>
    <details>
      <summary>
        <span class="method">${method}</span>
        <span class="where">
          <span class="between">${between} at ${host}</span>
          <span class="url">${pathname}</span>
        </span>
        ${
          status === undefined
            ? html`<span class="status">${failure ?? ""}</span>`
            : html`<span class="status ${status >= 400 ? "bad" : "good"}">${status}</span>`
        }
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

function part(title: string, text: string | undefined): Piece | "" {
  if (!text) return "";
  return html`<h3>${title}</h3>
    <pre tabindex="0">${text}</pre>`;
}

function lines(headers: Readonly<Record<string, string>> | undefined): string | undefined {
  return (
    headers &&
    Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")
  );
}
